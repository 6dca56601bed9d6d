import { expect, test } from 'vitest'
import { p2c } from '../../strategies/index.ts'
import { endpoint, endpoints, pickContext, pluginContext, type ScriptedEndpoint } from '../contract/kit.ts'
import { counts } from './picking.ts'

const strategy = () => p2c.create(undefined, pluginContext({ seed: 12_345 }))

test('of two, always the less loaded', () => {
  const [busy, idle] = [endpoint({ id: 'busy', inFlight: 3 }), endpoint({ id: 'idle', inFlight: 2 })]
  expect(counts(strategy(), [busy, idle], 100)).toEqual({ busy: 0, idle: 100 })
})

test('load is measured against weight', () => {
  const light = endpoint({ id: 'light', weight: 1, inFlight: 1 })
  const heavy = endpoint({ id: 'heavy', weight: 4, inFlight: 6 })
  expect(counts(strategy(), [light, heavy], 100)).toEqual({ light: 0, heavy: 100 })
  heavy.inFlight = 8
  expect(counts(strategy(), [light, heavy], 100)).toEqual({ light: 100, heavy: 0 })
})

test('equal loads have equal shares', () => {
  // Binomial, n = 40,000, p = 1/4: standard deviation sqrt(n p (1 - p)) = 87; four of them are 347.
  const shares = counts(strategy(), endpoints('a', 'b', 'c', 'd'), 40_000)
  for (const share of Object.values(shares)) expect(Math.abs(share - 10_000)).toBeLessThan(347)
})

test('the two are distinct: the most loaded of all is never picked', () => {
  const list = [...endpoints('a', 'b', 'c', 'd'), endpoint({ id: 'most', inFlight: 1 })]
  expect(counts(strategy(), list, 10_000).most).toBe(0)
})

test('keeps the longest queue short', () => {
  // 1000 requests that never end, on 100 endpoints: the mean is 10. Two choices stay within ln(ln 100) / ln 2 + O(1) of
  // it, under 5; one random choice would be off by sqrt(2 * 10 * ln 100) = 10.
  const list = Array.from({ length: 100 }, (_, at) => endpoint({ id: `${at}` }))
  const one = strategy()
  for (let request = 0; request < 1000; request++) {
    const picked = one.pick(list, pickContext()) as ScriptedEndpoint
    picked.inFlight++
  }
  expect(Math.max(...list.map(({ inFlight }) => inFlight))).toBeLessThanOrEqual(15)
})
