import { expect, it } from 'vitest'
import type { BalancingStrategy, Endpoint } from '../../src/plugin/index.ts'
import { mulberry32, pickContext } from '../contract/index.ts'
import { WALL_MS } from '../support/pool.ts'
import { type at, pooling, ports } from './pooling.ts'

it('counts a lease as load of its endpoint and of the service until it ends, once', () => {
  const { pool, get } = pooling()
  pool.update(ports(1))
  const lease = pool.lease(pickContext(), [])!
  expect([pool.inFlight, get(1).inFlight, get(1).picks]).toEqual([1, 1, 1])
  lease.end()
  lease.end()
  expect([pool.inFlight, get(1).inFlight, get(1).picks]).toEqual([0, 0, 1])
})

it('tells the strategy how much is in flight before it picks', () => {
  const seen: number[] = []
  const pick: BalancingStrategy['pick'] = (endpoints, { inFlight }) => {
    seen.push(inFlight)
    return endpoints[0]!
  }
  const { pool } = pooling({}, { pick })
  pool.update(ports(1, 2))
  const context = pickContext()
  for (let request = 0; request < 3; request++) pool.lease(context, [])
  expect(seen).toEqual([0, 1, 2])
})

it('tells who waits for it that a lease has ended, when it is no load any more', () => {
  const { pool } = pooling()
  const told: number[] = []
  pool.update(ports(1))
  pool.onFreed = () => told.push(pool.inFlight)
  const leases = [pool.lease(pickContext(), [])!, pool.lease(pickContext(), [])!]
  for (const lease of leases) lease.end()
  leases[0]!.end()
  expect(told).toEqual([1, 0])
})

it('lets the leases of those that have left end as they like', () => {
  const { pool } = pooling()
  pool.update(ports(1, 2))
  const lease = pool.lease(pickContext(), [])!
  expect(pool.update(ports(2))).toEqual([lease.endpoint])
  expect(pool.inFlight).toBe(1)
  lease.end()
  expect([pool.inFlight, lease.endpoint.inFlight]).toEqual([0, 0])
})

it('tells the strategy what came back, and keeps the mean latency of what was no failure', () => {
  const told: unknown[] = []
  const { pool, get } = pooling({}, { observe: (endpoint, ...what) => told.push([endpoint, ...what]) })
  pool.update(ports(1))
  pool.observe(get(1), 20, false, 0)
  pool.observe(get(1), 1, true, 0)
  expect(told).toEqual([
    [get(1), 20, false],
    [get(1), 1, true],
  ])
  expect(get(1).latencyMs).toBe(20)
})

it('tells what a pick would compare, if the strategy can', () => {
  const can = pooling({}, { score: ({ inFlight }) => inFlight + 0.5 })
  can.pool.update(ports(1))
  expect(can.pool.score(can.get(1), pickContext())).toBe(0.5)
  const cannot = pooling()
  cannot.pool.update(ports(1))
  expect(cannot.pool.score(cannot.get(1), pickContext())).toBeUndefined()
})

it('is true to itself whatever happens: what it offers, why not, what it counts, and lists that never change', () => {
  const random = mulberry32(11)
  const chance = (share: number) => random() < share
  const { pool, lists, advance } = pooling({ probed: true, slowStartMs: 5000, random })
  const seen = new Map<unknown, string>()
  const running: { end(): void }[] = []
  for (let round = 0; round < 3000; round++) {
    if (chance(0.1))
      pool.update(
        ports(1, 2, 3, 4, 5, 6)
          .filter(() => chance(0.8))
          .map(somehow),
      )
    for (const endpoint of pool.endpoints) {
      if (chance(0.03)) pool.eject(endpoint, 100 * round + 1000 * random())
      if (chance(0.1) && endpoint.trial === 'running') pool.readmit(endpoint)
      if (chance(0.05)) pool.verdict(endpoint.instance.id, chance(0.7))
    }
    advance(100)
    const picks = lists.length
    const lease = pool.lease(pickContext(), chance(0.2) ? [...pool.endpoints].slice(0, 2) : [])
    if (lease) running.push(lease)
    if (chance(0.5)) running.splice(Math.floor(random() * running.length), 1)[0]?.end()
    if (lists.length > picks) checkList(lists.at(-1)!)
    checkOffer()
  }

  function checkList(list: readonly Endpoint[]) {
    const text = JSON.stringify(list.map(({ instance, weight }) => [instance.id, weight]))
    expect(seen.get(list) ?? text).toBe(text)
    seen.set(list, text)
  }

  function checkOffer() {
    const standing = pool.candidates()
    const offered = pool.offer.tiers.filter(({ share }) => share > 0).flatMap(({ endpoints }) => endpoints)
    expect(
      standing
        .filter(({ why }) => !why)
        .map(({ endpoint }) => endpoint)
        .sort(byId),
    ).toEqual([...offered].sort(byId))
    expect(offered.length > 0).toBe(pool.offer.candidates.length > 0)
    const shares = pool.offer.tiers.reduce((sum, { share }) => sum + share, 0)
    expect(shares).toBeCloseTo(offered.length > 0 ? 1 : 0, 9)
    expect(pool.inFlight).toBe(running.length)
    expect(standing.filter(({ endpoint }) => endpoint.inFlight < 0)).toEqual([])
    expect(standing.filter(({ endpoint }) => endpoint.trial === 'running' && endpoint.inFlight === 0)).toEqual([])
  }

  function somehow(instance: ReturnType<typeof at>) {
    const status = chance(0.8) ? 'up' : chance(0.5) ? 'draining' : 'down'
    const registeredAt = WALL_MS + (chance(0.1) ? Math.floor(random() * 3e5) : 0)
    return { ...instance, status, registeredAt, metadata: { priority: chance(0.3) ? '1' : '0' } } as typeof instance
  }

  function byId(a: { instance: { id: string } }, b: { instance: { id: string } }) {
    return a.instance.id < b.instance.id ? -1 : 1
  }
})
