import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { peerOf } from '../../src/proxy/peer.ts'
import { type Certificates, certificates, type Pair } from '../support/certificates.ts'
import { until } from '../support/until.ts'
import { startFront } from './rig.ts'
import { clients, closes, secured, sessionOf, shown, tls } from './tls-rig.ts'

let files: Certificates
let shop: Pair
let wild: Pair
let named: Pair

beforeAll(async () => {
  files = await certificates()
  shop = await files.sign('shop', 'subjectAltName=DNS:shop.example,DNS:WWW.shop.example')
  wild = await files.sign('wild', 'subjectAltName=DNS:*.example')
  named = await files.sign('named', 'extendedKeyUsage=clientAuth', '/C=DE/O=Bäcker, Söhne/CN=alice')
})

afterAll(() => files.remove())

describe('a client is shown', () => {
  it.each([
    ['shop.example', 'shop'],
    ['SHOP.example', 'shop'],
    ['www.shop.example', 'shop'],
    ['other.example', 'wild'],
    ['a.b.example', 'server'],
    ['example', 'server'],
    ['localhost', 'server'],
    ['', 'server'],
  ])(
    'the certificate that bears the name that it asks for, or the first one: %j gets that of %s',
    async (name, owner) => {
      const front = await startFront({ tls: tls([files.server, wild, shop]) })
      expect(await shown(front, name)).toBe(owner)
    },
  )

  it('nothing older than the oldest version', async () => {
    const front = await startFront({ tls: { ...tls([files.server]), minVersion: 'TLSv1.3' } })
    expect((await secured(front, { minVersion: 'TLSv1.3' })).getProtocol()).toBe('TLSv1.3')
    await expect(secured(front, { maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version/i)
    await until('it is counted', () => front.refused.join() === 'tls')
  })
})

describe('a session', () => {
  const ticketSecret = randomBytes(32)

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'of %s is resumed by another worker with the same secret, and by no other',
    async (version) => {
      const [one, another, stranger] = await Promise.all([
        startFront({ tls: tls([files.server, shop]) }, ticketSecret),
        startFront({ tls: tls([files.server, shop]) }, ticketSecret),
        startFront({ tls: tls([files.server, shop]) }),
      ])
      const options = { servername: 'shop.example', minVersion: version, maxVersion: version }
      const session = await sessionOf(one, options)
      expect((await secured(another, { ...options, session })).isSessionReused()).toBe(true)
      expect((await secured(stranger, { ...options, session })).isSessionReused()).toBe(false)
    },
  )

  it('keeps what its client has shown', async () => {
    const front = await startFront({ tls: tls([files.server], clients(files.ca)) })
    const own = { cert: readFileSync(named.cert), key: readFileSync(named.key) }
    const session = await sessionOf(front, own)
    expect((await secured(front, { session })).isSessionReused()).toBe(true)
    await until('both are through', () => front.through.length === 2)
    expect(peerOf(front.through[1]!).subject).toContain('CN=alice')
  })
})

describe('certificates of clients', () => {
  const own = (pair: Pair) => ({ cert: readFileSync(pair.cert), key: readFileSync(pair.key) })

  it('say who the client is, as RFC 4514 writes it', async () => {
    const front = await startFront({ tls: tls([files.server], clients(files.ca)) })
    await secured(front, own(named))
    await until('it is through', () => front.through.length === 1)
    expect(peerOf(front.through[0]!)).toMatchObject({
      encrypted: true,
      subject: 'CN=alice,O=B\\C3\\A4cker\\, S\\C3\\B6hne,C=DE',
    })
  })

  it('may bear no subject: then nobody is named', async () => {
    const nameless = await files.sign('nameless', 'subjectAltName=URI:spiffe://example/a', '/')
    const front = await startFront({ tls: tls([files.server], clients(files.ca)) })
    await secured(front, own(nameless))
    await until('it is through', () => front.through.length === 1)
    expect(peerOf(front.through[0]!).subject).toBeUndefined()
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'are required in %s: without one, there is no connection',
    async (maxVersion) => {
      const front = await startFront({ tls: tls([files.server], clients(files.ca)) })
      await closes(front, { maxVersion })
      await until('it is counted', () => front.refused.join() === 'tls')
    },
  )

  it('need not be shown where they are not required; then nobody is named', async () => {
    const front = await startFront({ tls: tls([files.server], clients(files.ca, false)) })
    await secured(front, {})
    await until('it is through', () => front.through.length === 1)
    expect(peerOf(front.through[0]!).subject).toBeUndefined()
  })

  it.each([true, false])('of a stranger are refused, whether they are required (%s) or not', async (required) => {
    const strangers = await certificates()
    onTestFinished(() => strangers.remove())
    const front = await startFront({ tls: tls([files.server], clients(files.ca, required)) })
    await closes(front, own(strangers.client))
    await until('it is counted', () => front.refused.join() === 'tls')
    expect(front.log).toMatchObject([{ reason: expect.stringMatching(/UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/) }])
  })

  it('are asked for whatever the name of the server is', async () => {
    const front = await startFront({ tls: tls([files.server, shop], clients(files.ca)) })
    await closes(front, { servername: 'shop.example' })
    expect(
      (await secured(front, { ...own(named), ca: readFileSync(files.ca), servername: 'shop.example' })).authorized,
    ).toBe(true)
  })
})

it('files that are no good keep the front from starting', async () => {
  const missing = join(files.directory, 'missing.pem')
  await expect(startFront({ tls: tls([{ ...files.server, cert: missing }]) })).rejects.toThrow(
    `${missing}: no such file`,
  )
  await expect(startFront({ tls: tls([{ ...files.server, key: shop.key }]) })).rejects.toThrow(
    `${shop.key}: is not the key of the certificate in ${files.server.cert}`,
  )
})
