import { describe, expect, it, onTestFinished } from 'vitest'
import { zookeeper } from '../../adapters/zookeeper/index.ts'
import { subject } from '../support/adapter.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { frame, refusal, scriptedServer, sessionOpened } from '../support/scripted-server.ts'
import { scratchRoot, sharedZooKeeper, startZooKeeper, Writer } from '../support/zookeeper.ts'

const A = '10.0.0.1:80'
const B = '10.0.0.2:80'

describe('a server that hangs', () => {
  it('is noticed by the heartbeat well before the session would have ended', async () => {
    const { root, writer, proxy, follow } = await behindProxy({ sessionTimeout: '3s' })
    await writer.create(`${root}/one/${A}`)
    const following = follow()
    await following.shows({ one: [A] })
    const since = performance.now()
    proxy.freeze()
    const { message } = await following.failure()
    const [, server, beat] = /^ZooKeeper (\S+): no answer to exists \/ within (\d+) ms$/.exec(message) ?? []
    expect(server).toBe(proxy.address)
    // At most one beat until it is asked and one without an answer; the session has three.
    expect(performance.now() - since).toBeLessThan(3 * Number(beat))
  })

  it('is noticed in the middle of a first reading', async () => {
    const { root, writer, proxy, follow } = await behindProxy({ sessionTimeout: '1s' })
    await writer.create(`${root}/one/${A}`)
    proxy.freezeAfter(140)
    expect((await follow().failure()).message).toContain('no answer to getChildren')
  })

  it('is left for the next one', async () => {
    const { root, writer, proxy, follow } = await behindProxy({ connectTimeout: '200ms' }, sharedZooKeeper())
    await writer.create(`${root}/one/${A}`)
    proxy.freeze()
    await follow().shows({ one: [A] })
  })

  it('does not hold up an abort, neither while it connects nor later', async () => {
    const { proxy, follow } = await behindProxy({ connectTimeout: '1h', sessionTimeout: '60s' })
    const later = follow()
    await later.shows({})
    proxy.freeze()
    await later.stop()
    const connecting = follow()
    await connecting.stop()
  })

  it('that comes back after the session has expired is read again', async () => {
    const { root, writer, proxy, follow } = await behindProxy({ sessionTimeout: '2s' })
    const provider = await Writer.open(proxy.address, 2000)
    await provider.createEphemeral(`${root}/one/${A}`)
    const following = follow()
    await following.shows({ one: [A] })
    proxy.freeze()
    await following.failure()
    // The provider's session, as long as the gateway's, has expired at the server when its node is gone.
    const witness = await subject(zookeeper, { hosts: sharedZooKeeper(), root })
    await witness.follow().shows({ one: [] })
    proxy.thaw()
    await writer.create(`${root}/one/${B}`)
    await follow().shows({ one: [B] })
    await provider.close()
  })
})

describe('a connection that breaks', () => {
  it('is reported with the server and the reason', async () => {
    const { proxy, follow } = await behindProxy()
    const following = follow()
    await following.shows({})
    proxy.cut()
    expect((await following.failure()).message).toBe(`ZooKeeper ${proxy.address}: the server closed the connection`)
  })

  it('in the middle of a reply leaves no trace in the next reading', async () => {
    const { root, writer, proxy, follow } = await behindProxy()
    const names = Array.from({ length: 100 }, (_, index) => `10.0.0.1:${index + 1}`)
    await Promise.all(names.map((name) => writer.create(`${root}/one/${name}`, 'x'.repeat(100))))
    // Within the session's frame, its length, the first listing, the second, and the data.
    for (const bytes of [1, 20, 43, 60, 150, 1000, 5000]) {
      proxy.cutAfter(bytes)
      expect((await follow().failure()).message).toContain('the server closed the connection')
      await follow().shows({ one: names })
    }
  })

  it('again and again under changes costs none of them', async () => {
    const { root, writer, proxy, follow } = await behindProxy()
    const truth = new Set<string>()
    let following = follow()
    for (let port = 1; port <= 200; port++) {
      if (port % 20 === 0) proxy.cutAfter(port * 7)
      if (following.error) following = follow()
      await writer.create(`${root}/one/10.0.0.1:${port}`)
      truth.add(`10.0.0.1:${port}`)
      if (port % 3 > 0) continue
      await writer.remove(`${root}/one/10.0.0.1:${port - 1}`)
      truth.delete(`10.0.0.1:${port - 1}`)
    }
    proxy.cutAfter(Number.POSITIVE_INFINITY)
    proxy.cut()
    await following.failure()
    await follow().shows({ one: [...truth] })
  })

  it('because the server was killed is made anew when it is back', async () => {
    const server = await startZooKeeper()
    onTestFinished(() => server.stop())
    const writer = await Writer.open(server.address)
    await writer.create(`/services/one/${A}`)
    await writer.close()
    const { follow } = await subject(zookeeper, { hosts: server.address })
    const following = follow()
    const before = await following.shows({ one: [A] })
    await server.kill()
    await following.failure()
    expect((await follow().failure()).message).toContain('ECONNREFUSED')
    await server.restart()
    const after = await follow().shows({ one: [A] })
    expect(after.get('one')).toBe(before.get('one'))
  })
})

describe('several servers', () => {
  it('are each asked once, and each says why not', async () => {
    const [first, second] = [await proxied(), await proxied()]
    await first.refuse()
    second.freeze()
    const options = { hosts: [first.address, second.address, 'nowhere.invalid:2181'], connectTimeout: '200ms' }
    const { message } = await (await subject(zookeeper, options)).follow().failure()
    const [refused, silent, unknown] = message.split('; ')
    expect(refused).toBe(`ZooKeeper ${first.address}: connect ECONNREFUSED ${first.address}`)
    expect(silent).toBe(`ZooKeeper ${second.address}: no session within 200 ms`)
    expect(unknown).toMatch(/^ZooKeeper nowhere\.invalid:2181: /)
  })

  it('take turns from one watch to the next', async () => {
    const [first, second] = [await proxied(), await proxied()]
    const { follow } = await subject(zookeeper, { hosts: [first.address, second.address], root: '/nothing' })
    for (const [used, other] of [
      [first, second],
      [second, first],
      [first, second],
    ] as const) {
      const following = follow()
      await following.shows({})
      expect([used.connections, other.connections]).toEqual([1, 0])
      used.cut()
      await following.failure()
    }
  })
})

describe('a server that says what the library does not understand', () => {
  it.each([
    ['an error code it does not know', sessionOpened(4000), refusal(-124), 'refuses with error code -124'],
    ['a reply that is too short', sessionOpened(4000), frame(Buffer.alloc(3)), 'out of range'],
    ['a listing without an end', sessionOpened(4000), refusal(0), 'out of buffer range'],
    ['no session but a short frame', frame(Buffer.alloc(16)), refusal(0), 'out of range'],
    ['a session that is refused', sessionOpened(0), refusal(0), 'session refused: expired'],
  ])('by %s is reported, and does no harm', async (_what, first, second, message) => {
    const { follow } = await subject(zookeeper, { hosts: await scriptedServer(first, second), connectTimeout: '1s' })
    expect((await follow().failure()).message).toContain(message)
  })
})

async function proxied(): Promise<FaultProxy> {
  const proxy = await FaultProxy.open(sharedZooKeeper())
  onTestFinished(() => proxy.close())
  return proxy
}

async function behindProxy(options: object = {}, ...others: string[]) {
  const { root, writer } = await scratchRoot()
  const proxy = await proxied()
  const all = { hosts: [proxy.address, ...others], root, ...options }
  return { root, writer, proxy, ...(await subject(zookeeper, all)) }
}
