import { expect, test } from 'vitest'
import type { Endpoint } from '../../src/plugin/index.ts'
import { weighted } from '../../strategies/index.ts'
import { endpoint, endpoints, mulberry32, pluginContext } from '../contract/kit.ts'
import { counts, sequence } from './picking.ts'

const strategy = () => weighted.create(undefined, pluginContext())
const heavy = (id: string, weight: number) => endpoint({ id, weight })
const five = [heavy('a', 5), heavy('b', 1), heavy('c', 1)]

test('weights 5, 1, 1 give a a b a c a a, over and over', () => {
  expect(sequence(strategy(), five, 14)).toBe('a a b a c a a a a b a c a a')
})

test('equal weights are round-robin', () => {
  expect(sequence(strategy(), endpoints('a', 'b', 'c'), 6)).toBe('a b c a b c')
})

test.each([
  [1, 'a b a c a a a'],
  [2, 'b a c a a a a'],
  [3, 'a a b a c a a'],
  [65_537, 'b a c a a a a'],
])('begins further on in the worker %i', (ordinal, picks) => {
  expect(sequence(weighted.create(undefined, pluginContext({ ordinal })), five, 7)).toBe(picks)
})

test('weights need not be whole', () => {
  // Shares 0.5 : 1.5 : 2 are exact over 8 picks, so over 800; smooth means no period is off by more than one.
  expect(counts(strategy(), [heavy('a', 0.5), heavy('b', 1.5), heavy('c', 2)], 800)).toEqual({ a: 100, b: 300, c: 400 })
})

test('shares are within 1 % of the weights', () => {
  // A credit stays within the total weight of 0, so each count is within one pick or two of its share of 10,000.
  const weights = { a: 0.1, b: 0.7, c: 2.3, d: 6.9 }
  const shares = counts(
    strategy(),
    Object.entries(weights).map(([id, weight]) => heavy(id, weight)),
    10_000,
  )
  for (const [id, weight] of Object.entries(weights))
    expect(Math.abs(shares[id]! - weight * 1000)).toBeLessThanOrEqual(2)
})

test('another order does not restart the schedule', () => {
  const one = strategy()
  expect(sequence(one, five, 3)).toBe('a a b')
  expect(sequence(one, [five[2]!, five[1]!, five[0]!], 4)).toBe('a c a a')
})

test('a newcomer begins without credit, whoever had its id before', () => {
  const one = strategy()
  expect(sequence(one, five, 2)).toBe('a a')
  expect(sequence(one, [heavy('a', 5), heavy('b', 1), heavy('c', 1)], 7)).toBe('a a b a c a a')
})

test('an endpoint that is left out keeps its place', () => {
  const one = strategy()
  const [a, b, c] = five
  expect(sequence(one, [a!, b!, c!], 2)).toBe('a a')
  expect(sequence(one, [b!, c!], 2)).toBe('b c')
  expect(sequence(one, [a!, b!, c!], 5)).toBe('b a c a a')
})

test('a weight that changes counts from the next pick on', () => {
  const one = strategy()
  const [a, b] = [heavy('a', 1), heavy('b', 1)]
  sequence(one, [a, b], 10)
  a.weight = 3
  expect(counts(one, [a, b], 400)).toEqual({ a: 300, b: 100 })
})

test('is exactly that of nginx, through any weights and changes of the list', () => {
  const chance = mulberry32(7)
  const all = Array.from({ length: 12 }, (_, at) => heavy(`${at}`, 1 + Math.floor(chance() * 4)))
  const [one, credits] = [strategy(), new Map<string, number>()]
  for (let turn = 0; turn < 200; turn++) {
    const list = all.filter(() => chance() < 0.7)
    if (list.length === 0) continue
    const picks = 1 + Math.floor(chance() * 40)
    const expected = Array.from({ length: picks }, () => ofNginx(list, credits)).join(' ')
    expect(sequence(one, list, picks)).toBe(expected)
  }
})

/** ngx_http_upstream_get_peer of ngx_http_upstream_round_robin.c, without failures. */
function ofNginx(peers: readonly Endpoint[], credits: Map<string, number>): string {
  let total = 0
  let best: Endpoint | undefined
  for (const peer of peers) {
    const { id } = peer.instance
    credits.set(id, (credits.get(id) ?? 0) + peer.weight)
    total += peer.weight
    if (!best || credits.get(id)! > credits.get(best.instance.id)!) best = peer
  }
  credits.set(best!.instance.id, credits.get(best!.instance.id)! - total)
  return best!.instance.id
}
