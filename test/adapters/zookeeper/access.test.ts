import { describe, expect, it } from 'vitest'
import { zookeeper } from '../../../adapters/zookeeper/index.ts'
import { subject } from '../../support/adapter.ts'
import { scratchRoot, sharedZooKeeper, Writer } from '../../support/zookeeper.ts'
import { ownServer, proxied } from '../../support/zookeeper-faults.ts'

const A = '10.0.0.1:80'
const B = '10.0.0.2:80'
const SASL = [
  'zookeeper.authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider',
  'zookeeper.sessionRequireClientSASLAuth=true',
]

describe('auth', () => {
  it('by digest opens what only its user may read', async () => {
    const { root, writer, follow } = await withAuth({ id: 'reader:secret' })
    writer.authenticate('reader', 'secret')
    await writer.createPrivate(`${root}/one`)
    await writer.createPrivate(`${root}/one/${A}`)
    await follow().shows({ one: [A] })
  })

  it('with another password leaves out what it does not open, with one warning each, and is shown nowhere', async () => {
    const { root, writer, follow, warnings, entries } = await withAuth({ id: 'reader:wrong-secret' })
    writer.authenticate('reader', 'secret')
    await writer.create(`${root}/one/${B}`)
    await writer.createPrivate(`${root}/one/${A}`)
    for (const _watch of [1, 2]) {
      const following = follow()
      await following.shows({ one: [B] })
      await following.stop()
    }
    expect(warnings).toEqual([expect.stringContaining(`the ACL of ${root}/one/${A} lets nobody here read it`)])
    expect(JSON.stringify(entries)).not.toContain('wrong-secret')
  })

  it('of a scheme that the server does not know is an error, and not a session without it', async () => {
    const { root, writer, follow, entries } = await withAuth({ scheme: 'kerberos', id: 'a-secret' })
    await writer.create(`${root}/one/${A}`)
    for (const _watch of [1, 2]) {
      const following = follow()
      const { message } = await following.failure()
      expect(message).toBe(`ZooKeeper ${sharedZooKeeper()}: does not accept the auth of scheme kerberos`)
      expect(following.views).toEqual([])
    }
    expect(entries.map(({ level, message }) => [level, message])).toEqual([
      ['error', expect.stringContaining('does not accept the auth of scheme kerberos')],
    ])
    expect(JSON.stringify(entries)).not.toContain('a-secret')
  })

  it('is sent again with each connection', async () => {
    const { root, writer } = await scratchRoot()
    const proxy = await proxied()
    writer.authenticate('reader', 'secret')
    await writer.createPrivate(`${root}/one`)
    await writer.createPrivate(`${root}/one/${A}`)
    const { follow } = await subject(zookeeper, { hosts: proxy.address, root, auth: { id: 'reader:secret' } })
    for (const _watch of [1, 2, 3]) {
      const following = follow()
      await following.shows({ one: [A] })
      proxy.cut()
      await following.failure()
    }
  })
})

describe('a server that wants SASL', { timeout: 60_000 }, () => {
  it('is told of, and asked again', async () => {
    const { address } = await ownServer({ properties: SASL })
    const { follow, entries } = await subject(zookeeper, { hosts: address })
    for (const _watch of [1, 2])
      expect((await follow().failure()).message).toBe(
        `ZooKeeper ${address}: refuses with error code -124: it wants clients that authenticate with SASL, which this adapter cannot`,
      )
    expect(entries.map(({ level }) => level)).toEqual(['error'])
  })

  it('is left for the next one', async () => {
    const { address } = await ownServer({ properties: SASL })
    const { root, writer } = await scratchRoot()
    await writer.create(`${root}/one/${A}`)
    const { follow, warnings } = await subject(zookeeper, { hosts: [address, sharedZooKeeper()], root })
    await follow().shows({ one: [A] })
    expect(warnings).toEqual(['ZooKeeper session opened'])
  })
})

describe('a server that has as many connections as it takes', () => {
  it('is an error until there is room', async () => {
    const { address } = await ownServer({ lines: ['maxClientCnxns=2'] })
    const [first, second] = [await Writer.open(address), await Writer.open(address)]
    await first.create(`/services/one/${A}`)
    const { follow } = await subject(zookeeper, { hosts: address })
    expect((await follow().failure()).message).toMatch(
      /closed the connection before there was a session|ECONNRESET|EPIPE/,
    )
    await second.close()
    await follow().shows({ one: [A] })
    await first.close()
  })
})

describe('a chroot', () => {
  it('is the beginning of the root', async () => {
    const { root, writer } = await scratchRoot()
    await writer.create(`${root}/services/one/${A}`)
    for (const [chroot, below] of [
      [root, '/services'],
      [`${root}/services`, '/'],
    ]) {
      const { follow } = await subject(zookeeper, { hosts: `${sharedZooKeeper()}${chroot}`, root: below })
      const following = follow()
      await following.shows({ one: [A] })
      await writer.create(`${root}/services/one/${B}`)
      await following.shows({ one: [A, B] })
      await writer.remove(`${root}/services/one/${B}`)
      await following.shows({ one: [A] })
    }
  })

  it('that does not exist yet is a registry without services', async () => {
    const { root, writer } = await scratchRoot()
    const { follow } = await subject(zookeeper, { hosts: `${sharedZooKeeper()}${root}`, root: '/services' })
    const following = follow()
    await following.shows({})
    await writer.create(`${root}/services/one/${A}`)
    await following.shows({ one: [A] })
  })
})

async function withAuth(auth: object) {
  const { root, writer } = await scratchRoot()
  return { root, writer, ...(await subject(zookeeper, { hosts: sharedZooKeeper(), root, auth })) }
}
