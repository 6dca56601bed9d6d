import { describe, expect, it } from 'vitest'
import { zookeeper } from '../../../adapters/zookeeper/index.ts'
import { subject } from '../../support/adapter.ts'
import { until } from '../../support/until.ts'
import { Writer } from '../../support/zookeeper.ts'
import { ownServer, proxied, watched } from '../../support/zookeeper-faults.ts'

const A = '10.0.0.1:80'

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

describe('a server that is killed and comes back', { timeout: 60_000 }, () => {
  it('is read again, and what did not change is the same object', async () => {
    const server = await ownServer()
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

  it('is exact again with what changed just before and just after', async () => {
    const server = await ownServer()
    const { truth, driven } = await watched(server.address, [server.address])
    const churn = truth.churn()
    for (const kills of [1, 2, 3]) {
      const { changes } = truth
      await until('changes', () => truth.changes > changes + 100)
      await server.kill()
      await until('failures', () => driven.errors.length >= 2 * kills)
      await server.restart()
    }
    await churn.stop()
    await truth.seenBy(driven)
  })
})
