import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { etcd } from '../../adapters/etcd.ts'
import { instance } from '../../src/plugin/index.ts'
import { subject } from '../support/adapter.ts'
import { base64, call, type Etcd, put, startEtcd } from '../support/etcd.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { freePorts } from '../support/ports.ts'
import { until } from '../support/until.ts'

const A = '10.0.0.1:80'
const ONE = instance({ host: '10.0.0.1', port: 80 })
const KNOWN = { user: 'gateway', password: 'secret' }

describe('with users', { timeout: 30_000 }, () => {
  it('what is forbidden is said, and not tried again', async () => {
    const server = await startEtcd()
    await withUsers(server)
    const over = new AbortController()
    const cases = [
      [{ ...KNOWN, prefix: '/other/' }, 'permission denied'],
      [{ user: 'gateway', password: 'wrong' }, 'authentication failed'],
      [{}, 'user name is empty'],
    ] as const
    for (const [options, reason] of cases) {
      const { adapter, follow } = await subject(etcd, { endpoints: server.address, ...options })
      await expect(adapter.register!('one', ONE, over.signal)).rejects.toThrow(reason)
      expect((await follow().failure()).message).toContain(reason)
    }
  })

  it('what is allowed is done', async () => {
    const server = await startEtcd()
    await withUsers(server)
    const { adapter, follow } = await subject(etcd, { endpoints: server.address, ...KNOWN })
    const following = follow()
    await following.shows({})
    const over = new AbortController()
    const registered = adapter.register!('one', ONE, over.signal)
    await following.shows({ one: [A] })
    over.abort()
    await registered
    await following.shows({ one: [] })
  })

  it('a token that has ended is renewed, and the watch goes on', async () => {
    const server = await startEtcd({ flags: ['--auth-token', await tokens('1s')] })
    const root = await withUsers(server)
    const { follow } = await subject(etcd, { endpoints: server.address, ...KNOWN, heartbeat: '50ms' })
    const following = follow()
    await following.shows({})
    await expect
      .poll(() => call(server.address, 'auth/user/list', {}, root).catch((error) => error.message), { timeout: 10_000 })
      .toBe('etcdserver: invalid auth token')
    await call(server.address, 'kv/put', { key: base64(`/services/one/${A}`) }, await tokenOf(server, 'root'))
    await following.shows({ one: [A] })
    expect(following.error).toBeUndefined()
  })

  it('a token of before a change of the users is renewed', async () => {
    const server = await startEtcd({ flags: ['--auth-token', await tokens('1h')] })
    const root = await withUsers(server)
    const { follow } = await subject(etcd, { endpoints: server.address, ...KNOWN, heartbeat: '50ms' })
    const following = follow()
    await following.shows({})
    await call(server.address, 'auth/user/add', { name: 'another', password: 'secret' }, root)
    await call(server.address, 'kv/put', { key: base64(`/services/one/${A}`) }, await tokenOf(server, 'root'))
    await following.shows({ one: [A] })
    expect(following.error).toBeUndefined()
  })
})

describe('over TLS', { timeout: 30_000 }, () => {
  it('the server is read, and followed', async () => {
    const { plain, secure, cert } = await withTls()
    await put(plain, `/services/one/${A}`)
    const { follow } = await subject(etcd, {
      endpoints: `https://${secure}`,
      tls: { ca: cert, serverName: 'etcd.test' },
    })
    const following = follow()
    await following.shows({ one: [A] })
    await put(plain, '/services/two/')
    await following.shows({ one: [A], two: [] })
  })

  it.each([
    ['nobody vouches for', 'self-signed certificate', { serverName: 'etcd.test' }, false],
    ['is for another name', "Hostname/IP does not match certificate's altnames", { serverName: 'other.test' }, true],
  ] as const)('a certificate that %s is refused', async (_why, reason, tls, trusted) => {
    const { secure, cert } = await withTls()
    const { follow } = await subject(etcd, {
      endpoints: `https://${secure}`,
      tls: { ...tls, ...(trusted && { ca: cert }) },
    })
    expect((await follow().failure()).message).toContain(reason)
  })

  it('a handshake that does not come to an end is no connection', async () => {
    const server = await startEtcd()
    const proxy = await FaultProxy.open(server.address)
    onTestFinished(() => proxy.close())
    proxy.freeze()
    const { follow } = await subject(etcd, { endpoints: `https://${proxy.address}`, connectTimeout: '100ms' })
    expect((await follow().failure()).message).toBe(`etcd https://${proxy.address}: no connection within 100 ms`)
    proxy.thaw() // or it would not hear of the end
    await until('nothing is open', () => proxy.connections === 0)
  })

  it('a file that is missing is named', async () => {
    const { follow } = await subject(etcd, { endpoints: 'https://127.0.0.1:1', tls: { ca: '/nowhere/ca.pem' } })
    expect((await follow().failure()).message).toContain("open '/nowhere/ca.pem'")
  })
})

/** `root` may do everything, `gateway` only what is below `/services/`. Resolves with a token of root. */
async function withUsers(server: Etcd): Promise<string> {
  const { address } = server
  for (const name of ['root', 'gateway']) {
    await call(address, 'auth/user/add', { name, password: 'secret' })
    await call(address, 'auth/role/add', { name })
    await call(address, 'auth/user/grant', { user: name, role: name })
  }
  const perm = { permType: 'READWRITE', key: base64('/services/'), range_end: base64('/services0') }
  await call(address, 'auth/role/grant', { name: 'gateway', perm })
  await call(address, 'auth/enable', {})
  return tokenOf(server, 'root')
}

async function tokenOf({ address }: Etcd, name: string): Promise<string> {
  return (await call(address, 'auth/authenticate', { name, password: 'secret' })).token
}

/** A value of `--auth-token` by which tokens end after `ttl`, and when users change. */
async function tokens(ttl: string): Promise<string> {
  const encoding = { type: 'pkcs1', format: 'pem' } as const
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: encoding,
  })
  const at = await folder()
  await writeFile(join(at, 'public.pem'), pair.publicKey)
  await writeFile(join(at, 'private.pem'), pair.privateKey)
  return `jwt,pub-key=${join(at, 'public.pem')},priv-key=${join(at, 'private.pem')},sign-method=RS256,ttl=${ttl}`
}

/** One etcd with a port in the clear, and one whose certificate is for `etcd.test` and vouches for itself. */
async function withTls(): Promise<{ plain: string; secure: string; cert: string }> {
  const at = await folder()
  const [key, cert] = [join(at, 'key.pem'), join(at, 'cert.pem')]
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  const name = ['-subj', '/CN=etcd.test', '-addext', 'subjectAltName=DNS:etcd.test']
  const made = ['req', '-x509', ...ec, ...name, '-nodes', '-days', '2', '-keyout', key, '-out', cert]
  execFileSync('openssl', made, { stdio: 'ignore' })
  const [port] = await freePorts(1)
  const secure = `127.0.0.1:${port}`
  const { address } = await startEtcd({ flags: ['--cert-file', cert, '--key-file', key], alsoOn: `https://${secure}` })
  return { plain: address, secure, cert }
}

async function folder(): Promise<string> {
  const at = await mkdtemp(join(tmpdir(), 'etcd-secure-'))
  onTestFinished(() => rm(at, { recursive: true }))
  return at
}
