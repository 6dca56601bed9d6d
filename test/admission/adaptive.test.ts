import { describe, expect, it } from 'vitest'
import { AdaptiveLimit } from '../../src/admission/index.ts'
import { mulberry32 } from '../contract/kit.ts'

const bounds = { least: 4, most: 1_000 }

let clock = 0

/** Windows of ten samples each; all that the limit allows is under way, unless told otherwise. */
function feed(limit: AdaptiveLimit, windows: number, latencyMs: number, { inFlight = 0, dropped = 0 } = {}): void {
  for (let window = 0; window < windows; window++) {
    const underWay = inFlight || limit.limit
    for (let n = 0; n < 10; n++) {
      limit.sample(latencyMs, underWay, n < dropped, clock)
      clock += 100
    }
  }
}

it.each([
  [bounds, 20],
  [{ least: 50, most: 100 }, 50],
  [{ least: 1, most: 5 }, 5],
])('begins with twenty, within its bounds: %j', (options, begins) => {
  expect(new AdaptiveLimit(options).limit).toBe(begins)
})

it('grows while the latency is what it always was, up to its most', () => {
  const limit = new AdaptiveLimit({ least: 4, most: 60 })
  feed(limit, 20, 10)
  expect(limit.limit).toBeGreaterThan(20)
  feed(limit, 200, 10)
  expect(limit.limit).toBe(60)
})

it('does not move while less than half of it is used', () => {
  const limit = new AdaptiveLimit(bounds)
  feed(limit, 50, 10, { inFlight: 9 })
  feed(limit, 50, 100, { inFlight: 9 })
  expect(limit.limit).toBe(20)
})

it('takes a latency half as long again for no queue, and shrinks for a longer one', () => {
  const limit = new AdaptiveLimit(bounds)
  feed(limit, 50, 10)
  const before = limit.limit
  feed(limit, 5, 14)
  expect(limit.limit).toBeGreaterThan(before)
  feed(limit, 20, 40)
  expect(limit.limit).toBeLessThan(before / 2)
})

it('shrinks by what was dropped, however fast', () => {
  const limit = new AdaptiveLimit(bounds)
  feed(limit, 50, 10)
  const before = limit.limit
  feed(limit, 20, 1, { dropped: 8 })
  expect(limit.limit).toBeLessThan(before / 2)
})

it('shrinks to its least when nothing is answered at all, and grows again', () => {
  const limit = new AdaptiveLimit(bounds)
  feed(limit, 100, 1_000, { dropped: 10 })
  expect(limit.limit).toBe(4)
  feed(limit, 100, 10)
  expect(limit.limit).toBeGreaterThan(20)
})

describe('before a service of c servers that queues what they cannot take (M/M/c), offered twice what it can', () => {
  it('finds the knee: full use at less than twice the service time', () => {
    const limit = new AdaptiveLimit(bounds)
    const service = new Queue(limit, 50)
    service.run(30_000, 5)
    const { answered, latencyMs } = service.run(60_000, 5)
    expect(limit.limit).toBeGreaterThan(50)
    expect(limit.limit).toBeLessThan(110)
    expect(answered / 60_000).toBeGreaterThan(0.95 * (50 / 20))
    expect(latencyMs).toBeLessThan(2 * 20)
  })

  it('finds it when there was an overload from the first request on', () => {
    const limit = new AdaptiveLimit(bounds)
    const service = new Queue(limit, 4)
    service.run(60_000, 0.4)
    expect(limit.limit).toBeLessThan(25)
  })

  it('does not take an overload for what is usual, however long it lasts', () => {
    const limit = new AdaptiveLimit(bounds)
    const service = new Queue(limit, 10)
    service.run(300_000, 1)
    expect(limit.limit).toBeLessThan(35)
    service.run(600_000, 1)
    expect(limit.limit).toBeLessThan(35)
  })

  it('follows when the service loses half of its servers, and when it has them again', () => {
    const limit = new AdaptiveLimit(bounds)
    const service = new Queue(limit, 50)
    service.run(40_000, 5)
    const before = limit.limit
    service.servers = 25
    service.run(30_000, 5)
    expect(limit.limit).toBeLessThan(0.7 * before)
    service.servers = 50
    service.run(30_000, 5)
    expect(limit.limit).toBeGreaterThan(0.8 * before)
  })

  it('does not hold a service down that has become slower for good', () => {
    const limit = new AdaptiveLimit(bounds)
    const service = new Queue(limit, 50)
    service.run(40_000, 5)
    service.meanMs = 80
    service.run(150_000, 2)
    expect(limit.limit).toBeGreaterThan(50)
  })

  it('never limits a service at two thirds of its load', () => {
    const limit = new AdaptiveLimit(bounds)
    const service = new Queue(limit, 50)
    service.run(30_000, 1.67)
    expect(service.run(60_000, 1.67).refused).toBe(0)
  })

  /** Poisson arrivals, exponential service times, one queue; what is above the limit is refused. */
  class Queue {
    servers: number
    meanMs = 20
    readonly #limit: AdaptiveLimit
    readonly #random = mulberry32(3)
    #nowMs = 0
    readonly #waiting: number[] = []
    readonly #running: { begunMs: number; endMs: number }[] = []

    constructor(limit: AdaptiveLimit, servers: number) {
      this.#limit = limit
      this.servers = servers
    }

    run(forMs: number, perMs: number): { answered: number; refused: number; latencyMs: number } {
      const untilMs = this.#nowMs + forMs
      let [answered, refused, sumMs] = [0, 0, 0]
      while (this.#nowMs < untilMs) {
        const arrivalMs = this.#nowMs + this.#exponential(1 / perMs)
        for (let next = this.#next(); next && next.endMs <= arrivalMs; next = this.#next()) {
          answered++
          sumMs += next.endMs - next.begunMs
          this.#end(next)
        }
        this.#nowMs = arrivalMs
        if (this.#inFlight >= this.#limit.limit) refused++
        else this.#waiting.push(arrivalMs)
        this.#serve()
      }
      return { answered, refused, latencyMs: sumMs / answered }
    }

    get #inFlight(): number {
      return this.#waiting.length + this.#running.length
    }

    #next() {
      return this.#running.reduce((a, b) => (b.endMs < a.endMs ? b : a), this.#running[0]!)
    }

    #end(one: { begunMs: number; endMs: number }): void {
      this.#nowMs = one.endMs
      this.#limit.sample(one.endMs - one.begunMs, this.#inFlight, false, this.#nowMs)
      this.#running.splice(this.#running.indexOf(one), 1)
      this.#serve()
    }

    #serve(): void {
      while (this.#running.length < this.servers && this.#waiting.length > 0) {
        this.#running.push({ begunMs: this.#waiting.shift()!, endMs: this.#nowMs + this.#exponential(this.meanMs) })
      }
    }

    #exponential(mean: number): number {
      return -Math.log(1 - this.#random()) * mean
    }
  }
})
