import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { mulberry32 } from '../contract/index.ts'
import { one, probing, told } from './probing.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }))
afterEach(() => void vi.useRealTimers())

it('probes a newcomer at once, and again one interval after each probe', async () => {
  const { prober, asked, pass } = probing()
  prober.apply(told('s', one('a')))
  await pass(12_000)
  expect(asked).toEqual([
    [0, 'a'],
    [5000, 'a'],
    [10_000, 'a'],
  ])
})

it('counts the interval from the end of a probe', async () => {
  const { prober, timesOf, waiting, state, pass } = probing()
  state.hangs = true
  prober.apply(told('s', one('a')))
  await pass(900)
  waiting.pop()!()
  await pass(5100)
  expect(timesOf('a')).toEqual([0, 5900])
})

it('makes each interval longer or shorter by the jitter', async () => {
  const { prober, timesOf, pass } = probing({}, mulberry32(3))
  prober.apply(told('s', one('a')))
  await pass(200_000)
  const times = timesOf('a')
  const gaps = times.slice(1).map((ms, at) => ms - times[at]!)
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(4000)
  expect(Math.max(...gaps)).toBeLessThanOrEqual(6001)
  expect(Math.max(...gaps) - Math.min(...gaps)).toBeGreaterThan(1500)
})

it('asks faster while an instance is down, and as soon as a probe has failed', async () => {
  const { prober, timesOf, ill, pass } = probing()
  prober.apply(told('s', one('a')))
  await pass(4000)
  ill.add('a')
  await pass(5500)
  ill.delete('a')
  await pass(7000)
  // Fails at 5, 6, 7 s: down; passes at 10 and 11 s: up.
  expect(timesOf('a')).toEqual([0, 5000, 6000, 7000, 8000, 9000, 10_000, 11_000, 16_000])
})

it('spreads the first probes of a large table, and holds at most 200 connections at once', async () => {
  const { prober, asked, waiting, state, pass } = probing({}, mulberry32(1))
  const all = Array.from({ length: 1000 }, (_, at) => one(`${at}`))
  state.hangs = true
  prober.apply(told('s', ...all))
  await pass(100)
  expect(asked.length).toBeGreaterThan(50)
  expect(asked.length).toBeLessThan(150)
  await pass(10_000)
  expect(asked).toHaveLength(200)
  for (const go of waiting.splice(0, 30)) go()
  await pass(10)
  expect(asked).toHaveLength(230)
  state.hangs = false
  for (const go of waiting.splice(0)) go()
  await pass(100)
  expect(new Set(asked.map(([, id]) => id)).size).toBe(1000)
})

it('leaves nobody waiting for the sake of others when there is more to probe than can be', async () => {
  const { prober, asked, waiting, state, pass } = probing({ intervalMs: 10 }, mulberry32(1))
  state.hangs = true
  prober.apply(told('s', ...Array.from({ length: 1000 }, (_, at) => one(`${at}`))))
  for (let turn = 0; turn < 400; turn++) {
    await pass(20)
    for (const go of waiting.splice(0)) go()
  }
  const counts = new Map<string, number>()
  for (const [atMs, id] of asked) if (atMs > 1000) counts.set(id, (counts.get(id) ?? 0) + 1)
  expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(2)
  expect(Math.min(...counts.values())).toBeGreaterThan(10)
})

it('probes nobody of a service without active probes, nobody who is down, and nobody any more once it is closed', async () => {
  const none = probing(null)
  none.prober.apply(told('s', one('a')))
  await none.pass(10_000)
  expect(none.asked).toEqual([])

  const { prober, timesOf, pass } = probing()
  prober.apply(told('s', one('up'), one('draining', { status: 'draining' }), one('down', { status: 'down' })))
  await pass(1000)
  expect(['up', 'draining', 'down'].map((id) => timesOf(id).length)).toEqual([1, 1, 0])
  prober.close()
  await pass(60_000)
  expect(timesOf('up')).toHaveLength(1)
})
