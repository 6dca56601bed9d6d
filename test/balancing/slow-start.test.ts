import { expect, it } from 'vitest'
import { warmth } from '../../src/balancing/slow-start.ts'
import { pickContext } from '../contract/index.ts'
import { WALL_MS } from '../support/pool.ts'
import { at, pooling } from './pooling.ts'

const slow = { slowStartMs: 60_000 }
const HOUR_MS = 3_600_000
const old = at(1, { registeredAt: WALL_MS - HOUR_MS })
const registered = (port: number, agoMs: number, weight = 1) => at(port, { registeredAt: WALL_MS - agoMs, weight })

it.each([
  [0, 0.1],
  [0.05, 0.1],
  [0.149, 0.1],
  [0.15, 0.15],
  [0.5, 0.5],
  [0.54, 0.5],
  [0.999, 0.95],
  [1, 1],
  [7, 1],
])('at %d of its time an instance gets %d of its weight', (age, share) => {
  expect(warmth(age * 1000, 1000)).toBe(share)
})

it('grows with the time since the registration, not since the gateway began to look', () => {
  const { pool, get } = pooling(slow)
  pool.update([old, registered(2, 30_000, 4)])
  expect([get(1).weight, get(2).weight]).toEqual([1, 2])
})

it('goes on by itself, step by step, and tells the strategy of each', () => {
  const told: number[] = []
  const update = (endpoints: readonly { weight: number }[]) => told.push(endpoints[1]!.weight)
  const { pool, advance, lists, get } = pooling(slow, { update })
  pool.update([old, registered(2, 0)])
  for (let second = 0; second <= 70; second++) {
    pool.lease(pickContext(), [])!.end()
    advance(1000)
  }
  const steps = Array.from({ length: 18 }, (_, step) => Math.round((step + 3) * 5) / 100)
  expect(told).toEqual([0.1, ...steps])
  expect(get(2).weight).toBe(1)
  expect(new Set(lists).size).toBe(told.length)
})

it('reads no clock once everybody is warm', () => {
  let reads = 0
  const now = () => ++reads
  const { pool } = pooling({ ...slow, now })
  pool.update([old])
  pool.lease(pickContext(), [])
  const before = reads
  pool.lease(pickContext(), [])
  expect(reads).toBe(before)
})

it('spares nobody when all are new', () => {
  const { pool, get } = pooling(slow)
  pool.update([registered(1, 0), registered(2, 30_000)])
  expect([get(1).weight, get(2).weight]).toEqual([1, 1])
})

it('asks those that can work whether all are new', () => {
  const { pool, get } = pooling(slow)
  pool.update([{ ...old, status: 'draining' }, registered(2, 0)])
  expect(get(2).weight).toBe(1)
})

it('takes an instance without a registration time as warm', () => {
  const { pool, get } = pooling(slow)
  pool.update([at(1), registered(2, 0)])
  expect([get(1).weight, get(2).weight]).toEqual([1, 0.1])
})

it('counts from when it was first seen where the registration is dated in the future', () => {
  const { pool, advance, get } = pooling(slow)
  pool.update([old, registered(2, -HOUR_MS)])
  expect(get(2).weight).toBe(0.1)
  advance(30_000)
  pool.lease(pickContext(), [])
  expect(get(2).weight).toBe(0.5)
  advance(30_000)
  pool.lease(pickContext(), [])
  expect(get(2).weight).toBe(1)
})

it('begins again with a new registration', () => {
  const { pool, advance, get } = pooling(slow)
  pool.update([old, registered(2, HOUR_MS)])
  advance(HOUR_MS)
  pool.update([old, registered(2, -HOUR_MS)])
  expect(get(2).weight).toBe(0.1)
})

it('is off by default', () => {
  const { pool, get } = pooling()
  pool.update([old, registered(2, 0)])
  expect(get(2).weight).toBe(1)
})
