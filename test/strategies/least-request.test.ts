import { expect, test } from 'vitest'
import { leastRequest, p2c, random } from '../../strategies/index.ts'
import { endpoint, endpoints, mulberry32, pickContext, pluginContext, type ScriptedEndpoint } from '../contract/kit.ts'
import { counts, numbered, worst } from './picking.ts'

const strategy = () => leastRequest.create(undefined, pluginContext({ seed: 12_345 }))

test('of all, always the least loaded', () => {
  const list = endpoints('a', 'b', 'c', 'd')
  for (const [at, each] of list.entries()) each.inFlight = 3 - at
  expect(counts(strategy(), list, 100)).toEqual({ a: 0, b: 0, c: 0, d: 100 })
})

test('of two idle ones the heavier', () => {
  const list = [endpoint({ id: 'a', weight: 1 }), endpoint({ id: 'b', weight: 2 })]
  expect(counts(strategy(), list, 100)).toEqual({ a: 0, b: 100 })
})

test.each([3, 31, 100, 1000])('places requests that never end as evenly as can be, over %i', (count) => {
  expect(worst(strategy(), numbered(count), 7 * count)).toBe(7)
})

test('has the shortest longest queue, p2c the next, and random the longest', () => {
  const all = [leastRequest, p2c, random].map((plugin) =>
    worst(plugin.create(undefined, pluginContext({ seed: 12_345 })), numbered(100), 1000),
  )
  expect(all).toEqual([...new Set(all)].sort((one, other) => one - other))
})

test('with hundreds, finds what has become free within a look', () => {
  const list = numbered(320)
  const one = strategy()
  worst(one, list, 3200)
  const free = list[17]!
  free.inFlight = 0
  const picks = Array.from({ length: 21 }, () => one.pick(list, pickContext()))
  expect(picks).toContain(free)
})

test('stays even while requests come and go', () => {
  const chance = mulberry32(7)
  const list = numbered(200)
  const one = strategy()
  const held: ScriptedEndpoint[] = []
  for (let request = 0; request < 20_000; request++) {
    const picked = one.pick(list, pickContext()) as ScriptedEndpoint
    picked.inFlight++
    held.push(picked)
    if (held.length > 1000) {
      const at = Math.floor(chance() * held.length)
      held[at]!.inFlight--
      held[at] = held.at(-1)!
      held.pop()
    }
  }
  // 1000 on 200 are 5 each; random would be off by sqrt(2 * 5 * ln 200) = 7.
  expect(Math.max(...list.map(({ inFlight }) => inFlight))).toBeLessThanOrEqual(6)
})
