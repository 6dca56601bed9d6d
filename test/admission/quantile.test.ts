import { expect, it } from 'vitest'
import { Quantile } from '../../src/admission/index.ts'
import { mulberry32 } from '../contract/kit.ts'

/** How far above the truth a value may lie: the width of a bucket. */
const WIDTH = 2 ** (1 / 8)

function filled(quantile: Quantile, latencyMs: number, count: number, nowMs: number): Quantile {
  for (let n = 0; n < count; n++) quantile.record(latencyMs, nowMs)
  return quantile
}

it('says nothing below twenty samples', () => {
  const quantile = filled(new Quantile(0.95), 10, 19, 0)
  expect(quantile.value(0)).toBeUndefined()
  quantile.record(10, 0)
  expect(quantile.value(0)).toBeDefined()
})

it.each([0.5, 0.9, 0.95, 0.99, 1])('is at least the quantile and at most a bucket above it: %d', (q) => {
  const random = mulberry32(7)
  const latencies = Array.from({ length: 10_000 }, () => -Math.log(1 - random()) * 40 + 0.2)
  const quantile = new Quantile(q)
  for (const [at, latencyMs] of latencies.entries()) quantile.record(latencyMs, at)
  const truth = latencies.sort((a, b) => a - b)[Math.ceil(q * latencies.length) - 1]!
  expect(quantile.value(10_000)).toBeGreaterThanOrEqual(truth)
  expect(quantile.value(10_000)).toBeLessThanOrEqual(truth * WIDTH)
})

it('has a place for every latency, from a tenth of a millisecond to most of an hour', () => {
  for (const latencyMs of [0, 0.01, 0.1]) expect(filled(new Quantile(0.5), latencyMs, 20, 0).value(0)).toBe(0.1)
  expect(filled(new Quantile(0.5), 1e9, 20, 0).value(0)).toBeGreaterThan(50 * 60_000)
})

it('follows within a second', () => {
  const quantile = filled(new Quantile(0.5), 10, 100, 0)
  expect(quantile.value(0)).toBeLessThan(10 * WIDTH)
  filled(quantile, 100, 200, 500)
  expect(quantile.value(500)).toBeLessThan(10 * WIDTH)
  expect(quantile.value(1_000)).toBeGreaterThanOrEqual(100)
})

it('remembers half a minute for sure, and no more than a minute', () => {
  const quantile = filled(new Quantile(0.5), 10, 100, 0)
  filled(quantile, 100, 25, 30_000)
  expect(quantile.value(59_999)).toBeLessThan(10 * WIDTH)
  expect(quantile.value(61_000)).toBeGreaterThanOrEqual(100)
})

it('has forgotten all after a minute of silence', () => {
  expect(filled(new Quantile(0.5), 10, 100, 0).value(60_000)).toBeUndefined()
  const spoken = filled(new Quantile(0.5), 10, 100, 0)
  expect(filled(spoken, 50, 20, 3_600_000).value(3_600_000)).toBeGreaterThanOrEqual(50)
})
