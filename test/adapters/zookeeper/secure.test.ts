import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { zookeeper } from '../../../adapters/zookeeper/index.ts'
import { subject } from '../../support/adapter.ts'
import { type Certificates, certificates } from '../../support/certificates.ts'
import { until } from '../../support/until.ts'
import { Writer } from '../../support/zookeeper.ts'
import { ownServer, proxied, ROOT, watched } from '../../support/zookeeper-faults.ts'
import { freePort } from '../../support/zookeeper-probe.ts'

const A = '10.0.0.1:80'

describe('TLS', { timeout: 60_000 }, () => {
  it('is spoken to a server whose authority is known, under its address or its name', async () => {
    const { server, secure, pem } = await secureServer()
    await create(server.address)
    for (const host of ['127.0.0.1', 'localhost']) {
      const { follow } = await subject(zookeeper, { hosts: `${host}:${secure}`, root: ROOT, tls: { ca: pem.ca } })
      await follow().shows({ one: [A] })
    }
  })

  it('takes files relative to the configuration file, and reads them anew for each connection', async () => {
    const { server, secure, pem } = await secureServer()
    await create(server.address)
    const options = { hosts: `127.0.0.1:${secure}`, root: ROOT, tls: { ca: basename(pem.ca) } }
    const { follow } = await subject(zookeeper, options, { directory: pem.directory })
    await follow().shows({ one: [A] })
  })

  it('shows the certificate of the gateway to a server that wants one', async () => {
    const { server, secure, pem } = await secureServer('need')
    await create(server.address)
    const options = { hosts: `127.0.0.1:${secure}`, root: ROOT, connectTimeout: '2s' }
    const { follow } = await subject(zookeeper, { ...options, tls: { ca: pem.ca, ...pem.client } })
    await follow().shows({ one: [A] })
    const without = await subject(zookeeper, { ...options, tls: { ca: pem.ca } })
    expect((await without.follow().failure()).message).toMatch(
      /^ZooKeeper 127\.0\.0\.1:\d+: .*(alert|closed|ECONNRESET)/,
    )
  })

  it('refuses a server whose authority is not known, or whose certificate is for another name', async () => {
    const { secure, pem } = await secureServer()
    const hosts = `127.0.0.1:${secure}`
    const failure = async (tls: object) => {
      const { follow } = await subject(zookeeper, { hosts, root: ROOT, tls })
      return (await follow().failure()).message
    }
    expect(await failure({})).toContain('unable to verify the first certificate')
    expect(await failure({ ca: pem.ca, serverName: 'other.test' })).toContain("does not match certificate's altnames")
    expect(await failure({ cert: pem.ca, key: pem.ca })).toContain(`ZooKeeper ${hosts}: tls: `)
  })

  it('names the option and the file that cannot be read', async () => {
    const { follow } = await subject(
      zookeeper,
      { hosts: 'zoo1', tls: { ca: 'missing.pem' } },
      { directory: '/nowhere' },
    )
    expect((await follow().failure()).message).toBe('tls.ca: cannot read /nowhere/missing.pem: ENOENT')
  })

  it('is not spoken by a server that does not, and the other way round', async () => {
    const { server, secure, pem } = await secureServer()
    const wrong = [{ hosts: server.address, tls: { ca: pem.ca } }, { hosts: `127.0.0.1:${secure}` }]
    for (const options of wrong) {
      const { follow } = await subject(zookeeper, { ...options, connectTimeout: '2s' })
      expect((await follow().failure()).message).toContain(`ZooKeeper ${options.hosts}: `)
    }
  })

  it('loses nothing when the server is killed under changes', async () => {
    const { server, secure, pem } = await secureServer()
    const { truth, driven } = await watched(server.address, [`127.0.0.1:${secure}`], { tls: { ca: pem.ca } })
    const churn = truth.churn()
    await until('changes', () => truth.changes > 400)
    await server.kill()
    await until('a failure', () => driven.errors.length > 0)
    await server.restart()
    await churn.stop()
    await truth.seenBy(driven)
  })
})

describe('IPv6', () => {
  it('is an address in brackets', async () => {
    const server = await ownServer({ host: '::1' })
    expect(server.address).toMatch(/^\[::1\]:\d+$/)
    await create((await proxied(server.address)).address) // the writer knows no IPv6
    const { follow } = await subject(zookeeper, { hosts: server.address })
    const following = follow()
    await following.shows({ one: [A] })
    await server.kill()
    expect((await following.failure()).message).toContain(`ZooKeeper ${server.address}: `)
  })
})

async function create(address: string): Promise<void> {
  const writer = await Writer.open(address)
  await writer.create(`${ROOT}/one/${A}`)
  await writer.close()
}

/** Debian's package forgets two jars that Netty cannot do without. */
async function secureServer(clientAuth = 'none') {
  const pem: Certificates = await certificates()
  const secure = await freePort()
  const server = await ownServer({
    jars: ['netty-codec', 'netty-resolver'],
    lines: [
      'serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory',
      `secureClientPort=${secure}`,
      'secureClientPortAddress=127.0.0.1',
      `ssl.keyStore.location=${pem.server.both}`,
      'ssl.keyStore.type=PEM',
      `ssl.trustStore.location=${pem.ca}`,
      'ssl.trustStore.type=PEM',
      `ssl.clientAuth=${clientAuth}`,
    ],
  })
  return { server, secure, pem }
}
