import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { copyFile, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type Certificates, certificates, type Pair } from '../support/certificates.ts'
import { until } from '../support/until.ts'
import { startFront } from './rig.ts'
import { clients, closes, commonName, secured, sessionOf, shown, tls } from './tls-rig.ts'

let files: Certificates
let shop: Pair
let named: Pair

beforeAll(async () => {
  files = await certificates()
  shop = await files.sign('shop', 'subjectAltName=DNS:shop.example')
  named = await files.sign('named', 'extendedKeyUsage=clientAuth', '/CN=alice')
})

afterAll(() => files.remove())

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
    const front = await startFront({ tls: tls([pair], clients(ca)) })
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
