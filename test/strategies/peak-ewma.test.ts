import { expect, test } from 'vitest'
import type { BalancingStrategy, Endpoint } from '../../src/plugin/index.ts'
import { peakEwma } from '../../strategies/index.ts'
import { endpoint, endpoints, pickContext, pluginContext, type ScriptedEndpoint } from '../contract/kit.ts'
import { counts } from './picking.ts'

function made() {
  const context = pluginContext({ seed: 12_345 })
  return { strategy: peakEwma.create({ decay: 10_000, penalty: 5000 }, context), advance: context.advance }
}

function answers(
  strategy: BalancingStrategy,
  latencies: readonly (readonly [Endpoint, number])[],
  failed = false,
): void {
  for (const [each, latencyMs] of latencies) strategy.observe!(each, latencyMs, failed)
}

const score = (strategy: BalancingStrategy, each: Endpoint) => strategy.score!(each, pickContext())
const [a, b] = endpoints('a', 'b') as [ScriptedEndpoint, ScriptedEndpoint]

test('of two, always the faster', () => {
  const { strategy } = made()
  answers(strategy, [
    [a, 10],
    [b, 11],
  ])
  expect(counts(strategy, [a, b], 100)).toEqual({ a: 100, b: 0 })
})

test('requests under way count as often as they are, for the weight', () => {
  const [busy, idle] = [endpoint({ id: 'busy', inFlight: 3, weight: 2 }), endpoint({ id: 'idle' })]
  const { strategy } = made()
  answers(strategy, [
    [busy, 10],
    [idle, 19],
  ])
  expect(counts(strategy, [busy, idle], 100)).toEqual({ busy: 0, idle: 100 })
  answers(strategy, [[idle, 21]])
  expect(counts(strategy, [busy, idle], 100)).toEqual({ busy: 100, idle: 0 })
})

test('gives exactly one request to an unknown one, until it has answered', () => {
  const { strategy } = made()
  const known = endpoints('b', 'c', 'd')
  const unknown = endpoint({ id: 'new' })
  const list = [unknown, ...known]
  for (const each of known) strategy.observe!(each, 1000, false)
  for (let request = 0; request < 1000; request++) (strategy.pick(list, pickContext()) as ScriptedEndpoint).inFlight++
  expect(unknown.inFlight).toBe(1)
  strategy.observe!(unknown, 1, false)
  for (let request = 0; request < 10; request++) (strategy.pick(list, pickContext()) as ScriptedEndpoint).inFlight++
  expect(unknown.inFlight).toBeGreaterThan(2)
})

test('of two unknown ones that are both busy the less busy', () => {
  const list = [endpoint({ id: 'a', inFlight: 2 }), endpoint({ id: 'b', inFlight: 1 })]
  expect(counts(made().strategy, list, 100)).toEqual({ a: 0, b: 100 })
})

test('jumps to a slower answer, and comes down to faster ones slowly', () => {
  const { strategy, advance } = made()
  answers(strategy, [[a, 10]])
  answers(strategy, [[a, 100]])
  expect(score(strategy, a)).toBe(100)
  advance(1000)
  answers(strategy, [[a, 10]])
  // After a tenth of the decay exp(-0.1) of the old is kept: 100 * 0.905 + 10 * 0.095.
  expect(score(strategy, a)).toBeCloseTo(91.435, 2)
  advance(60_000)
  answers(strategy, [[a, 10]])
  expect(score(strategy, a)).toBeCloseTo(10.2, 1)
})

test('forgets with time, also without answers, and tries again', () => {
  const { strategy, advance } = made()
  answers(strategy, [
    [a, 1000],
    [b, 10],
  ])
  expect(score(strategy, a)).toBe(1000)
  advance(10_000)
  expect(score(strategy, a)).toBeCloseTo(1000 / Math.E, 6)
  answers(strategy, [[b, 10]])
  expect(counts(strategy, [a, b], 100)).toEqual({ a: 0, b: 100 })
  advance(40_000) // 1000 / e^5 is 6.7
  answers(strategy, [[b, 10]])
  expect(counts(strategy, [a, b], 100)).toEqual({ a: 100, b: 0 })
})

test('takes a failure for a slow answer, however fast it came', () => {
  const { strategy } = made()
  answers(strategy, [[a, 1]], true)
  answers(strategy, [[b, 4000]])
  expect(counts(strategy, [a, b], 100)).toEqual({ a: 0, b: 100 })
  expect(score(strategy, a)).toBe(5000)
  answers(strategy, [[a, 60_000]], true)
  expect(score(strategy, a)).toBe(60_000)
})

test('avoids a slow one among many', () => {
  const { strategy, advance } = made()
  const list = Array.from({ length: 10 }, (_, at) => endpoint({ id: `${at}` }))
  const picks = new Map<Endpoint, number>()
  const running: { endsMs: number; startMs: number; of: ScriptedEndpoint }[] = []
  // 500 requests per second, of 10 ms, and of 200 ms at one of ten: 1 % of them would be more than half of its even share.
  for (let nowMs = 0; nowMs < 20_000; nowMs += 2, advance(2)) {
    for (const each of running.filter(({ endsMs }) => endsMs <= nowMs)) {
      running.splice(running.indexOf(each), 1)
      each.of.inFlight--
      strategy.observe!(each.of, nowMs - each.startMs, false)
    }
    const of = strategy.pick(list, pickContext()) as ScriptedEndpoint
    of.inFlight++
    picks.set(of, (picks.get(of) ?? 0) + 1)
    running.push({ startMs: nowMs, endsMs: nowMs + (of === list[0] ? 200 : 10), of })
  }
  expect(picks.get(list[0]!)! / 10_000).toBeLessThan(0.01)
  for (const each of list.slice(1)) expect(picks.get(each)! / 10_000).toBeGreaterThan(0.08)
})
