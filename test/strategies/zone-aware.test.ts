import { expect, test } from 'vitest'
import type { BalancingStrategy } from '../../src/plugin/index.ts'
import { zoneAware } from '../../strategies/index.ts'
import { endpoint, pickContext, pluginContext, type ScriptedEndpoint } from '../contract/kit.ts'

/** `zones({ a: 3, b: 3 })`: endpoints a0, a1, a2 in zone a and so on. */
const zones = (counts: Readonly<Record<string, number>>): ScriptedEndpoint[] =>
  Object.entries(counts).flatMap(([zone, count]) =>
    Array.from({ length: count }, (_, at) => endpoint({ id: `${zone}${at}`, ...(zone && { zone }) })),
  )

function made(list: readonly ScriptedEndpoint[], said: object = {}, context: object = {}): BalancingStrategy {
  const options = { zone: 'a', healthy: 0.7, load: 1.5, strategy: undefined, ...said }
  const strategy = zoneAware.create(options, pluginContext({ seed: 12_345, ...context }))
  strategy.update!(list)
  return strategy
}

/** The share of the picks that stay in zone a, while at most `held` requests are under way, and the oldest ends first. */
function stays(strategy: BalancingStrategy, list: readonly ScriptedEndpoint[], held = 20): number {
  const running: ScriptedEndpoint[] = []
  let stayed = 0
  for (let request = 0; request < 5000; request++) {
    const picked = strategy.pick(list, pickContext()) as ScriptedEndpoint
    if (picked.instance.zone === 'a') stayed++
    picked.inFlight++
    running.push(picked)
    if (running.length > held) running.shift()!.inFlight--
  }
  for (const each of running) each.inFlight--
  return stayed / 5000
}

test.each([
  { a: 3, b: 3 },
  { a: 2, b: 2, c: 2 },
  { a: 3, b: 1 },
  { a: 2, '': 2 },
])('stays in its zone, of %j', (counts) => {
  const list = zones(counts as Record<string, number>)
  expect(stays(made(list), list)).toBe(1)
})

test.each([{ b: 3 }, { '': 3 }])('takes all where its zone has none, of %j', (counts) => {
  const list = zones(counts as Record<string, number>)
  const strategy = made(list)
  const picks = new Set(Array.from({ length: 100 }, () => strategy.pick(list, pickContext())))
  expect(picks.size).toBe(3)
})

test('takes all while less of its zone is fit than is wanted, and returns', () => {
  const list = zones({ a: 4, b: 4 })
  const strategy = made(list)
  expect(stays(strategy, list.slice(1))).toBe(1) // 75 %
  const share = stays(strategy, list.slice(2)) // 50 %
  // Of 6 endpoints 2 are in the zone. Binomial, n = 5000, p = 1/3: standard deviation 0.0067; four of them are 0.027.
  expect(Math.abs(share - 1 / 3)).toBeLessThan(0.027)
  expect(stays(strategy, list)).toBe(1)
})

test('does not count those that are draining or down against its zone', () => {
  const list = zones({ a: 4, b: 4 })
  list[0]!.instance = { ...list[0]!.instance, status: 'draining' }
  list[1]!.instance = { ...list[1]!.instance, status: 'down' }
  expect(stays(made(list, { load: 3 }), list.slice(2))).toBe(1)
})

test('sheds what is too much for a zone that is smaller than its share', () => {
  const list = zones({ a: 1, b: 9 })
  // Alone it would have 5 times the even load of two zones with ten endpoints, so 1.5 / 5 = 30 % may stay.
  const share = stays(made(list), list, 100)
  expect(share).toBeGreaterThan(0.2)
  expect(share).toBeLessThan(0.45)
  expect(stays(made(list, { load: 5 }), list, 100)).toBe(1)
})

test('weighs its zone by what its endpoints weigh', () => {
  const list = zones({ a: 1, b: 4 })
  list[0]!.weight = 4
  expect(stays(made(list), list)).toBe(1)
})

test('does not look at all endpoints in each pick', () => {
  let looks = 0
  const watched = (each: ScriptedEndpoint) =>
    Object.defineProperty(each, 'inFlight', {
      get: () => {
        looks++
        return 0
      },
    })
  const list = zones({ a: 50, b: 50 }).map(watched)
  const strategy = made(list)
  for (let request = 0; request < 1000; request++) strategy.pick(list, pickContext())
  expect(looks / 1000).toBeLessThan(2)
})

test('chooses with its inner strategy, whose lists stay the same, and tells it all', () => {
  const list = zones({ a: 2, b: 2 })
  const [told, lists]: [string[], Set<unknown>] = [[], new Set()]
  const inner: BalancingStrategy = {
    pick(endpoints) {
      lists.add(endpoints)
      return endpoints[0]!
    },
    update: (endpoints) => told.push(`update ${endpoints.length}`),
    observe: () => told.push('observe'),
    keeps: () => list[3],
    score: () => 7,
  }
  const strategy = made(list, {}, { inner: () => inner })
  for (let request = 0; request < 10; request++) strategy.pick(list, pickContext())
  expect(lists.size).toBe(1)
  strategy.observe!(list[0]!, 1, false)
  expect(told).toEqual(['update 4', 'observe'])
  expect(strategy.keeps!(pickContext())).toBe(list[3])
  expect(strategy.score!(list[0]!, pickContext())).toBe(7)
})
