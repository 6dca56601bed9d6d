import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { copyFile, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { ClientCertificatesConfig, TlsConfig } from '../../src/config/types.ts'
import { peerOf } from '../../src/proxy/peer.ts'
import { type Certificates, certificates, type Pair } from '../support/certificates.ts'
import { until } from '../support/until.ts'
import { type FrontRig, startFront } from './rig.ts'

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
    const front = await startFront({ tls: tls([files.server], clients()) })
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
    const front = await startFront({ tls: tls([files.server], clients()) })
    await secured(front, own(named))
    await until('it is through', () => front.through.length === 1)
    expect(peerOf(front.through[0]!)).toMatchObject({
      encrypted: true,
      subject: 'CN=alice,O=B\\C3\\A4cker\\, S\\C3\\B6hne,C=DE',
    })
  })

  it('may bear no subject: then nobody is named', async () => {
    const nameless = await files.sign('nameless', 'subjectAltName=URI:spiffe://example/a', '/')
    const front = await startFront({ tls: tls([files.server], clients()) })
    await secured(front, own(nameless))
    await until('it is through', () => front.through.length === 1)
    expect(peerOf(front.through[0]!).subject).toBeUndefined()
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'are required in %s: without one, there is no connection',
    async (maxVersion) => {
      const front = await startFront({ tls: tls([files.server], clients()) })
      await closes(front, { maxVersion })
      await until('it is counted', () => front.refused.join() === 'tls')
    },
  )

  it('need not be shown where they are not required; then nobody is named', async () => {
    const front = await startFront({ tls: tls([files.server], clients(false)) })
    await secured(front, {})
    await until('it is through', () => front.through.length === 1)
    expect(peerOf(front.through[0]!).subject).toBeUndefined()
  })

  it.each([true, false])('of a stranger are refused, whether they are required (%s) or not', async (required) => {
    const strangers = await certificates()
    onTestFinished(() => strangers.remove())
    const front = await startFront({ tls: tls([files.server], clients(required)) })
    await closes(front, own(strangers.client))
    await until('it is counted', () => front.refused.join() === 'tls')
    expect(front.log).toMatchObject([{ reason: expect.stringMatching(/UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/) }])
  })

  it('are asked for whatever the name of the server is', async () => {
    const front = await startFront({ tls: tls([files.server, shop], clients()) })
    await closes(front, { servername: 'shop.example' })
    expect((await secured(front, { ...own(named), servername: 'shop.example' })).authorized).toBe(true)
  })
})

describe('files that change', () => {
  it.each(['written in place', 'renamed', 'linked elsewhere'])(
    'are read again when they are %s, and open connections stay',
    async (how) => {
      const { pair, put } = await replaceable(how)
      const front = await startFront({ tls: tls([pair]) })
      const open = await secured(front, {})
      expect(commonName(open)).toBe('server')
      await put(shop)
      await until('the new one is shown', async () => (await shown(front, '')) === 'shop')
      expect(front.log).toMatchObject([{ level: 'info', msg: 'changed certificates are shown from now on' }])
      open.write('GET /still HTTP/1.1\r\nhost: a\r\n\r\n')
      expect(await new Promise((text) => open.on('data', (bytes) => text(String(bytes))))).toContain('1 /still')
    },
  )

  it('are not taken before they belong together', async () => {
    const { pair } = await replaceable('written in place')
    const front = await startFront({ tls: tls([pair]) })
    await copyFile(shop.cert, pair.cert)
    await until('a warning', () => front.log.length > 0)
    expect(await shown(front, '')).toBe('server')
    await copyFile(shop.key, pair.key)
    await until('the new one is shown', async () => (await shown(front, '')) === 'shop')
    expect(front.log).toMatchObject([
      { level: 'warn', file: pair.key, reason: `is not the key of the certificate in ${pair.cert}` },
      { level: 'info' },
    ])
  })

  it('are not taken when they are gone, or no PEM', async () => {
    const { pair } = await replaceable('written in place')
    const front = await startFront({ tls: tls([pair]) })
    await rm(pair.cert)
    await until('a warning', () => front.log.length === 1)
    await writeFile(pair.cert, 'no certificate')
    await until('another one', () => front.log.length === 2)
    expect(front.log.map(({ reason }) => reason)).toEqual(['no such file', 'holds no PEM certificate'])
    expect(await shown(front, '')).toBe('server')
  })

  it('may be those of the authority of clients; sessions of before do not count any more', async () => {
    const strangers = await certificates()
    onTestFinished(() => strangers.remove())
    const { pair } = await replaceable('written in place')
    const ca = join(files.directory, 'clients.pem')
    await copyFile(files.ca, ca)
    const front = await startFront({ tls: tls([pair], { ...clients(), ca }) })
    const own = { cert: readFileSync(named.cert), key: readFileSync(named.key) }
    const session = await sessionOf(front, own)
    await copyFile(strangers.ca, ca)
    await until('it is read', () => front.log.length > 0)
    await closes(front, { ...own, session })
  })

  /** A pair in files of its own, and the way to put another one there. */
  async function replaceable(how: string) {
    const folder = join(files.directory, randomBytes(4).toString('hex'))
    await mkdir(folder)
    const at = (name: string) => join(folder, name)
    const copy = async ({ cert, key }: Pair, suffix = '') => {
      await copyFile(cert, at(`tls.crt${suffix}`))
      await copyFile(key, at(`tls.key${suffix}`))
    }
    if (how !== 'linked elsewhere') {
      await copy(files.server)
      const put = async (other: Pair) => {
        if (how === 'written in place') return copy(other)
        await copy(other, '.new')
        await rename(at('tls.crt.new'), at('tls.crt'))
        await rename(at('tls.key.new'), at('tls.key'))
      }
      return { pair: { cert: at('tls.crt'), key: at('tls.key') }, put }
    }
    // As Kubernetes mounts a secret: files are links into a folder that is a link.
    const version = async (name: string, pair: Pair) => {
      await mkdir(at(name))
      await copyFile(pair.cert, at(`${name}/tls.crt`))
      await copyFile(pair.key, at(`${name}/tls.key`))
      await symlink(name, at('..data_tmp'))
      await rename(at('..data_tmp'), at('..data'))
    }
    await version('..1', files.server)
    await symlink('..data/tls.crt', at('tls.crt'))
    await symlink('..data/tls.key', at('tls.key'))
    return { pair: { cert: at('tls.crt'), key: at('tls.key') }, put: (other: Pair) => version('..2', other) }
  }
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

const tls = (pairs: readonly Pair[], clients: ClientCertificatesConfig | null = null): TlsConfig => ({
  certificates: pairs,
  minVersion: 'TLSv1.2',
  clients,
})

const clients = (required = true): ClientCertificatesConfig => ({ ca: files.ca, required, header: 'x-client-subject' })

function opened(front: FrontRig, options: ConnectionOptions): TLSSocket {
  const socket = connect({ port: front.port, host: '127.0.0.1', servername: '', rejectUnauthorized: false, ...options })
  onTestFinished(() => void socket.destroy())
  return socket
}

function secured(front: FrontRig, options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((done, fail) => {
    const socket = opened(front, { ca: readFileSync(files.ca), ...options })
    socket.once('secureConnect', () => done(socket)).on('error', fail)
  })
}

async function closes(front: FrontRig, options: ConnectionOptions): Promise<void> {
  const before = front.through.length
  const socket = opened(front, options).on('error', () => undefined)
  await until('it is closed', () => socket.closed)
  expect(front.through.length).toBe(before)
}

async function sessionOf(front: FrontRig, options: ConnectionOptions): Promise<Buffer> {
  const socket = await secured(front, options)
  return new Promise((done) =>
    socket.getProtocol() === 'TLSv1.3' ? socket.once('session', done) : done(socket.getSession()!),
  )
}

async function shown(front: FrontRig, servername: string): Promise<string> {
  return commonName(await secured(front, { servername }))
}

const commonName = (socket: TLSSocket) => socket.getPeerCertificate().subject.CN as string
