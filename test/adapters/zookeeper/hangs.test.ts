import { describe, expect, it } from 'vitest'
import { zookeeper } from '../../../adapters/zookeeper/index.ts'
import { subject } from '../../support/adapter.ts'
import { until } from '../../support/until.ts'
import { scratchRoot, sharedZooKeeper, Writer } from '../../support/zookeeper.ts'
import { behindProxy, ownServer, watched } from '../../support/zookeeper-faults.ts'

const A = '10.0.0.1:80'
const B = '10.0.0.2:80'

describe('a gateway that hangs', () => {
  it('does not take its own silence for that of the server', async () => {
    const { root, writer } = await scratchRoot()
    const { follow } = await subject(zookeeper, { hosts: sharedZooKeeper(), root, sessionTimeout: '1s' })
    await writer.create(`${root}/one/${A}`)
    const following = follow()
    await following.shows({ one: [A] })
    // Each turn is longer than the time from one question to the next, and than the patience with its answer.
    for (let turn = 0; turn < 10; turn++) {
      const end = performance.now() + 350
      while (performance.now() < end);
      await new Promise((resolve) => setImmediate(resolve))
    }
    await writer.create(`${root}/one/${B}`)
    await following.shows({ one: [A, B] })
    expect(following.error).toBeUndefined()
  })
})

describe('a server that hangs', { timeout: 60_000 }, () => {
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

  it('in its process, on its own, is as exact as before when it goes on', async () => {
    const server = await ownServer()
    const { truth, driven } = await watched(server.address, [server.address])
    const before = driven.view
    server.freeze()
    await until('a failure', () => driven.errors.length > 0)
    expect(driven.errors[0]).toContain('no answer to exists / within 1000 ms')
    await until('more failures', () => driven.errors.length > 2)
    expect(driven.errors.at(-1)).toContain('no session within 1000 ms')
    expect(driven.view).toBe(before)
    server.thaw()
    await truth.change(200)
    await truth.seenBy(driven)
  })
})
