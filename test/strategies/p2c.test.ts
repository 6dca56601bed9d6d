import { expect, test } from 'vitest'
import { p2c } from '../../strategies/index.ts'
import { endpoint, endpoints, pickContext, pluginContext, type ScriptedEndpoint } from '../contract/kit.ts'
import { counts } from './picking.ts'

const strategy = () => p2c.create(undefined, pluginContext({ seed: 12_345 }))

test('of two, always the less loaded', () => {
  const [busy, idle] = [endpoint({ id: 'busy', inFlight: 3 }), endpoint({ id: 'idle', inFlight: 2 })]
  expect(counts(strategy(), [busy, idle], 100)).toEqual({ busy: 0, idle: 100 })
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
