import { expect, test } from 'vitest'
import { random } from '../../strategies/index.ts'
import { endpoint, endpoints, pluginContext } from '../contract/kit.ts'
import { counts, sequence } from './picking.ts'

const strategy = () => random.create(undefined, pluginContext({ seed: 12_345 }))

test('equal weights have equal shares', () => {
  // Binomial, n = 40,000, p = 1/4: standard deviation sqrt(n p (1 - p)) = 87; four of them are 347.
  const shares = counts(strategy(), endpoints('a', 'b', 'c', 'd'), 40_000)
  for (const share of Object.values(shares)) expect(Math.abs(share - 10_000)).toBeLessThan(347)
})

test('shares follow the weights within 1 %', () => {
  const weights = { a: 5, b: 1.5, c: 0.5 }
  const list = Object.entries(weights).map(([id, weight]) => endpoint({ id, weight }))
  // The widest deviation is p = 5/7: sqrt(p (1 - p) / n) = 0.10 % of 200,000 picks. 1 % is ten of them.
  const picks = 200_000
  const shares = counts(strategy(), list, picks)
  for (const [id, weight] of Object.entries(weights))
    expect(Math.abs(shares[id]! / picks - weight / 7)).toBeLessThan(0.01)
})

test('successive picks do not depend on each other', () => {
  // P(same twice) = 1/2; n = 10,000: standard deviation 50; four of them are 200.
  const picks = sequence(strategy(), endpoints('a', 'b'), 10_001).split(' ')
  const repeats = picks.filter((id, at) => id === picks[at + 1]).length
  expect(Math.abs(repeats - 5000)).toBeLessThan(200)
})

test.each([
  [0, 'a'],
  [0.4999, 'a'],
  [0.5, 'b'],
  [0.9999999999999999, 'c'],
])('chance %d of weights 2, 1, 1 is %s', (chance, id) => {
  const one = random.create(undefined, pluginContext({ random: () => chance }))
  expect(sequence(one, [endpoint({ id: 'a', weight: 2 }), ...endpoints('b', 'c')], 1)).toBe(id)
})
