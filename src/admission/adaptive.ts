/** Where to begin when nothing is known yet. */
const START = 20
const LEAST_WINDOW_MS = 100
const MOST_WINDOW_MS = 1_000
const LEAST_SAMPLES = 10
/** What the long-term latency looks back on. */
const LONG_TERM_MS = 600_000
/** So many windows are first taken in evenly. */
const WARM_UP = 10
/** How much slower than in the long term is no sign of a queue. */
const TOLERANCE = 1.5
const SMOOTHING = 0.2
const LEAST_QUEUE = 4

export interface AdaptiveLimitOptions {
  readonly least: number
  readonly most: number
}

/**
 * How many requests a service takes at once before they queue up in it, learnt from its latency: while that is what it is in the
 * long term, the limit grows by a small queue; as it rises, the limit shrinks in proportion, at most by half.
 *
 * `Gradient2Limit` of Netflix's concurrency-limits behind its `WindowedLimit`, with a queue of the square root of the limit. What
 * it did not foresee: refusals, which are fast, are counted apart and shrink the limit by their share. As there, overload that
 * lasts for longer than the long term becomes what is usual; `most` bounds it.
 */
export class AdaptiveLimit {
  readonly #options: AdaptiveLimitOptions
  #limit: number
  #longMs = 0
  #windows = 0

  #beganMs: number | undefined
  #lengthMs = LEAST_WINDOW_MS
  #answered = 0
  #sumMs = 0
  #dropped = 0
  #inFlight = 0

  constructor(options: AdaptiveLimitOptions) {
    this.#options = options
    this.#limit = this.#within(START)
  }

  /** Whole requests. */
  get limit(): number {
    return Math.floor(this.#limit)
  }

  /**
   * Takes in a request that has ended.
   *
   * @param latencyMs to the response head
   * @param inFlight of the service while it ran, itself included
   * @param dropped the service refused it for load, or did not answer in time; its latency says nothing then
   */
  sample(latencyMs: number, inFlight: number, dropped: boolean, nowMs: number): void {
    this.#beganMs ??= nowMs
    this.#inFlight = Math.max(this.#inFlight, inFlight)
    if (dropped) this.#dropped++
    else {
      this.#answered++
      this.#sumMs += latencyMs
    }
    const elapsedMs = nowMs - this.#beganMs
    if (elapsedMs >= this.#lengthMs && this.#answered + this.#dropped >= LEAST_SAMPLES) this.#close(elapsedMs)
  }

  #close(elapsedMs: number): void {
    const shortMs = this.#answered > 0 ? this.#sumMs / this.#answered : this.#longMs
    if (this.#answered > 0) this.#learn(shortMs, Math.min(elapsedMs, MOST_WINDOW_MS))
    // Nobody can tell what a service takes that is not asked for it.
    if (this.#inFlight >= this.#limit / 2) this.#adjust(shortMs)
    // Twice the latency, so that most of what a window sees began under the limit that it is to judge.
    this.#lengthMs = Math.min(MOST_WINDOW_MS, Math.max(LEAST_WINDOW_MS, 2 * shortMs))
    this.#beganMs = undefined
    this.#answered = this.#sumMs = this.#dropped = this.#inFlight = 0
  }

  #learn(shortMs: number, elapsedMs: number): void {
    this.#windows++
    const share = Math.max(elapsedMs / LONG_TERM_MS, this.#windows <= WARM_UP ? 1 / this.#windows : 0)
    this.#longMs += (shortMs - this.#longMs) * share
    // After a long overload what was usual must not take as long again to be forgotten.
    if (this.#longMs > 2 * shortMs) this.#longMs *= 0.95
  }

  #adjust(shortMs: number): void {
    const answered = this.#answered / (this.#answered + this.#dropped)
    const rise = shortMs > 0 ? (TOLERANCE * this.#longMs) / shortMs : 1
    const gradient = Math.max(0.5, Math.min(1, rise) * answered)
    const queue = answered * Math.max(LEAST_QUEUE, Math.sqrt(this.#limit))
    const target = this.#limit * gradient + queue
    this.#limit = this.#within(this.#limit * (1 - SMOOTHING) + target * SMOOTHING)
  }

  #within(limit: number): number {
    return Math.max(this.#options.least, Math.min(this.#options.most, limit))
  }
}
