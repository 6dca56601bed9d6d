import { describe, expect, test } from 'vitest'
import { leastRequest, p2c } from '../../strategies/index.ts'
import { endpoint, endpoints, pluginContext } from '../contract/kit.ts'
import { counts } from './picking.ts'

describe.each([
  ['least-request', leastRequest],
  ['p2c', p2c],
] as const)('with %s', (_name, plugin) => {
  const strategy = () => plugin.create(undefined, pluginContext({ seed: 12_345 }))

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
})
