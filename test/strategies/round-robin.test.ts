import { expect, test } from 'vitest'
import { roundRobin } from '../../strategies/index.ts'
import { endpoints, pluginContext } from '../contract/kit.ts'
import { counts, sequence } from './picking.ts'

const strategy = (ordinal = 0) => roundRobin.create(undefined, pluginContext({ ordinal }))
const [a, b, c, d] = endpoints('a', 'b', 'c', 'd') as [E, E, E, E]
type E = ReturnType<typeof endpoints>[number]

test('takes each endpoint in turn', () => {
  expect(sequence(strategy(), [a, b, c], 7)).toBe('a b c a b c a')
})

test('gives every endpoint exactly the same', () => {
  expect(counts(strategy(), [a, b, c], 300)).toEqual({ a: 100, b: 100, c: 100 })
})

test.each([
  [1, 'b c a'],
  [2, 'c a b'],
  [3, 'a b c'],
  [65_537, 'c a b'],
])('starts at the ordinal %i of its worker', (ordinal, picks) => {
  expect(sequence(strategy(ordinal), [a, b, c], 3)).toBe(picks)
})

test.each([0, 1, 2, 40_001])('two workers fed alternately spread 3:3 over two instances, from ordinal %i', (start) => {
  const workers = [strategy(start), strategy(start + 1)]
  const picked = Array.from({ length: 6 }, (_, turn) => sequence(workers[turn % 2]!, [a, b], 1))
  expect(picked.filter((id) => id === 'a')).toHaveLength(3)
})

test('goes on where it was when the list grows, shrinks or changes its order', () => {
  const one = strategy()
  expect(sequence(one, [a, b, c], 2)).toBe('a b')
  expect(sequence(one, [a, b, c, d], 2)).toBe('c d')
  expect(sequence(one, [d, c, b, a], 2)).toBe('c b')
  expect(sequence(one, [d, c, a], 2)).toBe('a d')
})

test('gives the turn of a leaver to the one behind it', () => {
  const one = strategy()
  expect(sequence(one, [a, b, c, d], 2)).toBe('a b')
  expect(sequence(one, [a, c, d], 3)).toBe('c d a')
})

test('shares the load of a failing endpoint evenly among the others when each request is tried again', () => {
  const one = strategy()
  const served: Record<string, number> = { b: 0, c: 0, d: 0 }
  for (let request = 0; request < 300; request++) {
    const first = sequence(one, [a, b, c, d], 1)
    const answered = first === 'a' ? sequence(one, [b, c, d], 1) : first
    served[answered]!++
  }
  expect(served).toEqual({ b: 100, c: 100, d: 100 })
})

test('workers keep their distance while only one instance is left', () => {
  const workers = [strategy(0), strategy(1)]
  for (const worker of workers) sequence(worker, [a], 5)
  expect(workers.map((worker) => sequence(worker, [a, b], 2))).toEqual(['a b', 'b a'])
})
