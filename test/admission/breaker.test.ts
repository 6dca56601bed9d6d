import { expect, it } from 'vitest'
import { Breaker } from '../../src/admission/index.ts'

const options = { failureRate: 0.5, windowMs: 10_000, minRequests: 20, openForMs: 5_000 }

function calls(breaker: Breaker, outcomes: string, nowMs: number): void {
  for (const letter of outcomes) {
    breaker.leave(breaker.enter(nowMs), letter === 'f' ? 'failed' : letter === 's' ? 'ok' : 'neither', nowMs)
  }
}

function opened(): Breaker {
  const breaker = new Breaker(options)
  calls(breaker, 'f'.repeat(20), 0)
  expect(breaker.state(0)).toBe('open')
  return breaker
}

it('stays closed below its least number of requests, whatever they come to', () => {
  const breaker = new Breaker(options)
  calls(breaker, 'f'.repeat(19), 0)
  expect(breaker.state(0)).toBe('closed')
  expect(breaker.enter(0)).toBeTruthy()
})

it('stays closed below its failure rate', () => {
  const breaker = new Breaker(options)
  calls(breaker, 'sf'.repeat(9).concat('s').repeat(5), 0)
  expect(breaker.state(0)).toBe('closed')
})

it('opens at its failure rate, with the request that makes the number full, even if it succeeds', () => {
  const breaker = new Breaker(options)
  calls(breaker, 'sf'.repeat(9).concat('f', 's'), 0)
  expect(breaker.state(0)).toBe('open')
  expect(breaker.enter(0)).toBe(0)
})

it('counts nobody who cannot be judged', () => {
  const breaker = new Breaker(options)
  calls(breaker, 'f'.repeat(19).concat('n'.repeat(50)), 0)
  expect(breaker.state(0)).toBe('closed')
})

it('forgets what lies further back than its window', () => {
  const breaker = new Breaker(options)
  calls(breaker, 'f'.repeat(19), 0)
  calls(breaker, 'f', 10_000)
  expect(breaker.state(10_000)).toBe('closed')
  calls(breaker, 'f'.repeat(19), 11_000)
  expect(breaker.state(11_000)).toBe('open')
})

it('refuses everybody while it is open', () => {
  const breaker = opened()
  expect(breaker.enter(4_999)).toBe(0)
})

it('lets in exactly one when it is half open', () => {
  const breaker = opened()
  expect(breaker.state(5_000)).toBe('half-open')
  expect(breaker.enter(5_000)).toBeTruthy()
  expect(breaker.enter(5_000)).toBe(0)
  expect(breaker.enter(9_999)).toBe(0)
  expect(breaker.state(9_999)).toBe('half-open')
})

it.each(['first', 'second'] as const)('lets in another one when the probe has no end, and believes the %s', (which) => {
  const breaker = opened()
  const probes = { first: breaker.enter(5_000), second: breaker.enter(10_000) }
  expect(probes.second).toBeTruthy()
  expect(breaker.enter(14_999)).toBe(0)
  breaker.leave(probes[which], 'ok', 14_999)
  expect(breaker.state(14_999)).toBe('closed')
  breaker.leave(probes.first, 'failed', 14_999)
  calls(breaker, 'f'.repeat(19), 14_999)
  expect(breaker.state(14_999)).toBe('closed')
})

it('waits for the probe that still runs when nobody can tell what became of the other', () => {
  const breaker = opened()
  const [first] = [breaker.enter(5_000), breaker.enter(10_000)]
  breaker.leave(first, 'neither', 10_100)
  expect(breaker.enter(10_100)).toBe(0)
  expect(breaker.enter(15_000)).toBeTruthy()
})

it('closes with a clean slate when the probe succeeds', () => {
  const breaker = opened()
  breaker.leave(breaker.enter(5_000), 'ok', 5_100)
  expect(breaker.state(5_100)).toBe('closed')
  calls(breaker, 'f'.repeat(19), 5_200)
  expect(breaker.state(5_200)).toBe('closed')
})

it('opens for as long again when the probe fails', () => {
  const breaker = opened()
  breaker.leave(breaker.enter(5_000), 'failed', 6_000)
  expect(breaker.enter(10_999)).toBe(0)
  expect(breaker.enter(11_000)).toBeTruthy()
})

it('lets another one probe when nobody can tell what became of the first', () => {
  const breaker = opened()
  breaker.leave(breaker.enter(5_000), 'neither', 5_100)
  expect(breaker.state(5_100)).toBe('half-open')
  breaker.leave(breaker.enter(5_100), 'ok', 5_200)
  expect(breaker.state(5_200)).toBe('closed')
})

it.each(['ok', 'failed', 'neither'] as const)('takes no caller from before it opened for its probe: %s', (outcome) => {
  const breaker = new Breaker(options)
  const before = breaker.enter(0)
  calls(breaker, 'f'.repeat(20), 0)
  const probe = breaker.enter(5_000)
  breaker.leave(before, outcome, 5_100)
  expect(breaker.state(5_100)).toBe('half-open')
  expect(breaker.enter(5_100)).toBe(0)
  breaker.leave(probe, 'ok', 5_200)
  expect(breaker.state(5_200)).toBe('closed')
})

it('is not opened anew, nor for longer, by those who came before it opened', () => {
  const breaker = new Breaker(options)
  const before = Array.from({ length: 60 }, () => breaker.enter(0))
  for (const pass of before.slice(0, 30)) breaker.leave(pass, 'failed', 100)
  expect(breaker.enter(5_100)).toBeTruthy()

  const recovered = opened()
  recovered.leave(recovered.enter(5_000), 'ok', 5_000)
  for (const pass of before.slice(30)) recovered.leave(pass, 'failed', 5_001)
  expect(recovered.state(5_001)).toBe('closed')
})
