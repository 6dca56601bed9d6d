import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Deadline, Deadlines } from '../../src/proxy/deadlines.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

function deadline(name: string, expired: string[]): Deadline {
  return { dueMs: 0, earlier: undefined, later: undefined, expire: () => expired.push(name) }
}

/** Sets three, 10 ms apart, of 100 ms each. */
function three() {
  const expired: string[] = []
  const deadlines = new Deadlines(100)
  const all = ['a', 'b', 'c'].map((name) => deadline(name, expired))
  for (const one of all) {
    deadlines.set(one, performance.now())
    vi.advanceTimersByTime(10)
  }
  return { deadlines, all, expired }
}

it('expires each when its time has passed, and not before', () => {
  const { expired } = three() // at 30 ms; due at 100, 110 and 120
  vi.advanceTimersByTime(69)
  expect(expired).toEqual([])
  vi.advanceTimersByTime(1)
  expect(expired).toEqual(['a'])
  vi.advanceTimersByTime(20)
  expect(expired).toEqual(['a', 'b', 'c'])
})

it.each([
  [[0], ['b', 'c']],
  [[1], ['a', 'c']],
  [[2], ['a', 'b']],
  [[1, 0], ['c']],
  [[0, 1, 2], []],
])('forgets those that are cleared: %j of three', (cleared, left) => {
  const { deadlines, all, expired } = three()
  for (const index of cleared) deadlines.clear(all[index]!)
  vi.advanceTimersByTime(1000)
  expect(expired).toEqual(left)
})

it('can be set again after it was cleared, and from within its own end', () => {
  const deadlines = new Deadlines(100)
  let times = 0
  const again: Deadline = {
    ...deadline('again', []),
    expire: () => {
      if (++times < 3) deadlines.set(again, performance.now())
    },
  }
  deadlines.set(again, performance.now())
  vi.advanceTimersByTime(50)
  deadlines.clear(again)
  deadlines.set(again, performance.now())
  vi.advanceTimersByTime(99)
  expect(times).toBe(0)
  vi.advanceTimersByTime(1000)
  expect(times).toBe(3)
})

it('runs no timer when nothing is set', () => {
  const { deadlines, all } = three()
  for (const one of all) deadlines.clear(one)
  vi.advanceTimersByTime(1000)
  expect(vi.getTimerCount()).toBe(0)
})
