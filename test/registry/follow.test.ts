import { expect, it } from 'vitest'
import { follow, fullJitter } from '../../src/registry/follow.ts'
import { fail, mulberry32, type Step, scripted, view } from '../contract/index.ts'

/** What a follower of these steps hears, up to the last of them. */
async function followed(...steps: Step[]): Promise<string[]> {
  const heard: string[] = []
  const end = new AbortController()
  const note = (text: string) => {
    heard.push(text)
    if (heard.length === steps.length) end.abort()
  }
  await follow(
    scripted(...steps),
    {
      view: (seen) => note(`view ${[...seen].map(([name]) => name)}`),
      stale: (error, failures) => note(`stale ${error.message} ${failures}`),
    },
    { signal: end.signal, now: () => 0, delayMs: () => 0 },
  )
  return heard
}

it('keeps serving the last view while the registry is down, and counts the failures since', async () => {
  const seen = await followed(view({ a: [] }), fail('lost'), fail('down'), view({ b: [] }), fail('lost again'))
  expect(seen).toEqual(['view a', 'stale lost 1', 'stale down 2', 'view b', 'stale lost again 1'])
})

it('waits longer before each next watch while none stands, a little where there were views, and begins anew after one that stood', async () => {
  const end = new AbortController()
  const asked: number[] = []
  let nowMs = 0
  const stood = [0, 0, 0, 0, 0, 0, 9999, 10_000, 0]
  const adapter = {
    async *watch() {
      yield view({ a: [] })
      nowMs += stood.shift()!
      throw fail('lost')
    },
  }
  const delayMs = (failures: number) => {
    asked.push(failures)
    if (stood.length === 0) end.abort()
    return 0
  }
  const follower = { view: () => undefined, stale: () => undefined }
  await follow(adapter, follower, { signal: end.signal, now: () => nowMs, delayMs })
  expect(asked).toEqual([1, 2, 3, 4, 4, 4, 4, 1, 2])
})

it('takes a watch that ends by itself for a failure', async () => {
  const end = new AbortController()
  const reasons: string[] = []
  const adapter = { async *watch() {} }
  const follower = {
    view: () => undefined,
    stale: (error: Error) => {
      reasons.push(error.message)
      if (reasons.length === 2) end.abort()
    },
  }
  await follow(adapter, follower, { signal: end.signal, now: () => 0, delayMs: () => 0 })
  expect(reasons).toEqual(['the adapter ended its watch', 'the adapter ended its watch'])
})

it('ends at once when it is stopped while it waits to try again', async () => {
  const end = new AbortController()
  const follower = { view: () => undefined, stale: () => setImmediate(() => end.abort()) }
  await follow(scripted(fail('down')), follower, { signal: end.signal, now: () => 0, delayMs: () => 60_000 })
  expect(end.signal.aborted).toBe(true)
})

it('waits longer after each failure, up to a cap, and never the same for all', () => {
  const longest = fullJitter(() => 1)
  expect([1, 2, 3, 4].map(longest)).toEqual([100, 200, 400, 800])
  expect(longest(40)).toBe(5000)
  const random = mulberry32(7)
  const some = Array.from({ length: 50 }, () => fullJitter(random)(40))
  expect(new Set(some).size).toBe(50)
  expect(Math.max(...some)).toBeLessThan(5000)
})
