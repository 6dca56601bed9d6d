import { describe, expect, it } from 'vitest'
import { Budget } from '../../src/admission/index.ts'
import { mulberry32 } from '../contract/kit.ts'

const takeAll = (budget: Budget, nowMs: number) => {
  let taken = 0
  while (budget.take(nowMs)) taken++
  return taken
}

it('has the floor of ten seconds at hand when it begins', () => {
  const budget = new Budget({ share: 0.2, floor: 10 })
  expect(budget.left(500)).toBe(100)
  expect(takeAll(budget, 500)).toBe(100)
  expect(budget.left(500)).toBe(0)
})

it('has no retry without requests when it has no floor', () => {
  expect(new Budget({ share: 0.2, floor: 0 }).take(0)).toBe(false)
})

it.each([0.05, 0.1, 0.2, 0.3, 1])('earns whole retries with a share of %d', (share) => {
  const budget = new Budget({ share, floor: 0 })
  for (let n = 0; n < 20; n++) budget.request(0)
  expect(budget.left(0)).toBe(20 * share)
  expect(takeAll(budget, 0)).toBe(20 * share)
})

it('lets the savings of ten seconds go at once, and no more', () => {
  const budget = new Budget({ share: 0.2, floor: 0 })
  for (let second = 0; second < 60; second++) for (let n = 0; n < 100; n++) budget.request(second * 1_000)
  expect(takeAll(budget, 59_999)).toBe(200)
})

it('forgets what was earned more than ten seconds ago', () => {
  const budget = new Budget({ share: 0.2, floor: 0 })
  for (let n = 0; n < 100; n++) budget.request(0)
  expect(budget.left(9_999)).toBe(20)
  expect(budget.left(10_000)).toBe(0)
})

it('has forgotten after twenty seconds what was taken', () => {
  const budget = new Budget({ share: 0.2, floor: 1 })
  expect(takeAll(budget, 0)).toBe(10)
  expect(budget.left(9_999)).toBe(0)
  expect(budget.left(21_000)).toBe(10)
  expect(takeAll(budget, 3_600_000)).toBe(10)
})

it('goes on paying its share after its savings are spent, once they are repaid', () => {
  const budget = new Budget({ share: 0.2, floor: 0 })
  const taken = new Array<number>(60).fill(0)
  for (let nowMs = 0; nowMs < 60_000; nowMs += 10) {
    budget.request(nowMs)
    if (nowMs >= 10_000) taken[Math.floor(nowMs / 1_000)]! += takeAll(budget, nowMs)
  }
  expect(taken[10]).toBe(200)
  expect(new Set(taken.slice(11, 20))).toEqual(new Set([0]))
  const paid = taken.slice(21).map((count) => Math.round(count / 2) * 2)
  expect(paid).toEqual(paid.map(() => 20))
})

describe('when every request fails and wants two retries', () => {
  const lastMs = 90_000
  const random = mulberry32(4)

  it.each([
    ['from the start', 0],
    ['after a long calm', 40_000],
    ['within a second', 31_500],
  ])('keeps any run of ten seconds or more within 1.25 times the offered load: %s', (_, failingFromMs) => {
    const floor = 10
    const everyMs = 1_000 / (floor * 20)
    const sent = play(new Budget({ share: 0.2, floor }), (nowMs) => nowMs + everyMs, failingFromMs)
    expect(sent.retries.length).toBeGreaterThan(1_000)
    expect(worstRun(sent, (requests) => 1.25 * requests)).toBeLessThanOrEqual(1)
  })

  it('keeps it so, up to chance, when requests arrive by chance', () => {
    const gap = () => -Math.log(1 - random()) * 5
    const sent = play(new Budget({ share: 0.2, floor: 10 }), (nowMs) => nowMs + gap(), 20_000)
    // Requests that are still to come are counted on: in ten seconds 2,000, and five standard deviations of that are 11 %.
    expect(worstRun(sent, (requests) => 1.25 * requests)).toBeLessThanOrEqual(1.11)
  })

  function play(budget: Budget, next: (nowMs: number) => number, failingFromMs: number) {
    const requests: number[] = []
    const retries: number[] = []
    for (let nowMs = 0; nowMs < lastMs; nowMs = next(nowMs)) {
      budget.request(nowMs)
      requests.push(nowMs)
      for (let n = 0; n < 2 && nowMs >= failingFromMs && budget.take(nowMs); n++) retries.push(nowMs)
    }
    return { requests, retries }
  }

  /** The most that a run made of its bound; runs begin and end at every quarter of a second. */
  function worstRun(sent: { requests: number[]; retries: number[] }, bound: (requests: number) => number): number {
    const quarters = (times: number[]) => {
      const until = new Array<number>(lastMs / 250 + 1).fill(0)
      for (const ms of times) until[Math.floor(ms / 250) + 1]!++
      for (let at = 1; at < until.length; at++) until[at]! += until[at - 1]!
      return until
    }
    const [requests, retries] = [quarters(sent.requests), quarters(sent.retries)]
    let worst = 0
    for (let from = 0; from < requests.length; from++) {
      for (let to = from + 40; to < requests.length; to++) {
        const asked = requests[to]! - requests[from]!
        worst = Math.max(worst, (asked + retries[to]! - retries[from]!) / bound(asked))
      }
    }
    return worst
  }
})
