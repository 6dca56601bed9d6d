/** Where to begin when nothing is known yet. */
const START = 20
const LEAST_WINDOW_MS = 100
const MOST_WINDOW_MS = 5_000
const LEAST_SAMPLES = 10
/** So many windows are taken for a rest at first, evenly: a single one sees the fastest requests only. */
const WARM_UP = 10
/** How much slower than at rest is no sign of a queue. */
const TOLERANCE = 1.5
const SMOOTHING = 0.2
const LEAST_QUEUE = 4
/** After so much time under load a rest is made. */
const REST_AFTER_MS = 60_000
/** At the start, and while each rest is faster than the one before. */
const REST_SOON_MS = 5_000
/** So many windows end a rest, even if what was under way has not ended. */
const LONGEST_REST = 3

export interface AdaptiveLimitOptions {
  readonly least: number
  readonly most: number
}

/**
 * How many requests a service takes at once before they queue up in it, learnt from its latency: as long as that is what it is
 * at rest, the limit grows by a small queue; as it rises, the limit shrinks in proportion, at most by half.
 *
 * `Gradient2Limit` of Netflix's concurrency-limits behind its `WindowedLimit`, with a queue of the square root of the limit, and
 * two changes. It compares with a long-term mean, which in a lasting overload comes to be that of the overload, and the limit
 * grows with it. Here it is the latency while at most half of the limit is used; if that never happens, the limit is halved for
 * a moment once a minute, much as in Envoy's gradient controller. And what was dropped, however fast, shrinks the limit.
 */
export class AdaptiveLimit {
  readonly #options: AdaptiveLimitOptions
  #limit: number
  /** At rest. */
  #baseMs = 0
  #warm = 0
  #loadedMs = REST_AFTER_MS - REST_SOON_MS
  /** Which window of a rest this is; 0: of none. */
  #resting = 0

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
    return Math.floor(this.#resting === 0 ? this.#limit : this.#within(this.#limit / 2))
  }

  /**
   * Takes in a request that came to its response head, or did not.
   *
   * @param inFlight of the service at that moment, itself included
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
    const meanMs = this.#answered > 0 ? this.#sumMs / this.#answered : this.#baseMs
    if (this.#answered > 0 && this.#warm < WARM_UP) this.#baseMs += (meanMs - this.#baseMs) / ++this.#warm
    if (this.#inFlight <= this.#limit / 2 || this.#resting === LONGEST_REST) this.#learn(meanMs)
    else if (this.#resting > 0) this.#resting++
    else this.#adjust(meanMs, Math.min(elapsedMs, MOST_WINDOW_MS))
    // Twice the latency, so that most of what a window sees began under the limit that it is to judge.
    this.#lengthMs = Math.min(MOST_WINDOW_MS, Math.max(LEAST_WINDOW_MS, 2 * meanMs))
    this.#beganMs = undefined
    this.#answered = this.#sumMs = this.#dropped = this.#inFlight = 0
  }

  #learn(meanMs: number): void {
    // Much faster than the last rest: that was none yet.
    this.#loadedMs = meanMs < 0.9 * this.#baseMs ? REST_AFTER_MS - REST_SOON_MS : 0
    this.#baseMs += (meanMs - this.#baseMs) * (this.#resting > 0 ? 0.5 : SMOOTHING)
    this.#resting = 0
  }

  #adjust(meanMs: number, elapsedMs: number): void {
    if (meanMs < this.#baseMs) this.#baseMs += (meanMs - this.#baseMs) * SMOOTHING
    const answered = this.#answered / (this.#answered + this.#dropped)
    const slowness = meanMs > 0 ? (TOLERANCE * this.#baseMs) / meanMs : 1
    const gradient = Math.max(0.5, Math.min(1, slowness) * answered)
    const queue = answered * Math.max(LEAST_QUEUE, Math.sqrt(this.#limit))
    const target = this.#limit * gradient + queue
    this.#limit = this.#within(this.#limit * (1 - SMOOTHING) + target * SMOOTHING)
    this.#loadedMs += elapsedMs
    if (this.#loadedMs >= REST_AFTER_MS && meanMs > 1.2 * this.#baseMs) this.#resting = 1
  }

  #within(limit: number): number {
    return Math.max(this.#options.least, Math.min(this.#options.most, limit))
  }
}
