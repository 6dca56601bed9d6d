import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Stallable, StallWatch } from '../../src/proxy/stall.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

function watched() {
  const owner: Stallable & { awaited: boolean; stalls: number } = {
    awaited: true,
    stalls: 0,
    stalled: () => owner.stalls++,
  }
  return { owner, watch: new StallWatch(400, owner) }
}

function stallsAfter(owner: { stalls: number }, leastMs: number, mostMs = leastMs) {
  vi.advanceTimersByTime(leastMs - 1)
  expect(owner.stalls).toBe(0)
  vi.advanceTimersByTime(mostMs - leastMs + 1)
  expect(owner.stalls).toBe(1)
}

it('tells once of what has not moved for all of its time', () => {
  const { owner } = watched()
  stallsAfter(owner, 400)
  vi.advanceTimersByTime(1000)
  expect(owner.stalls).toBe(1)
})

it('counts from the last movement, by no more than a quarter too much', () => {
  const { owner, watch } = watched()
  vi.advanceTimersByTime(350)
  watch.moved = true
  stallsAfter(owner, 400, 499)
})

it('does not count while nobody waits', () => {
  const { owner } = watched()
  owner.awaited = false
  vi.advanceTimersByTime(10_000)
  owner.awaited = true
  stallsAfter(owner, 400)
})

it('tells nothing once it is stopped', () => {
  const { owner, watch } = watched()
  watch.stop()
  watch.stop()
  vi.advanceTimersByTime(1000)
  expect(owner.stalls).toBe(0)
})
