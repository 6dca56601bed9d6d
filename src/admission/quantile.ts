const WINDOW_MS = 30_000
const REFRESH_MS = 1_000
const LEAST_SAMPLES = 20
/** Up to this, all latencies are one. */
const LEAST_MS = 0.1
/** Of each doubling: a bucket ends 9 % above where it begins. */
const STEPS = 8
/** 25 doublings: up to 51 minutes. */
const BUCKETS = 25 * STEPS

/**
 * A quantile of the latencies of the last half to whole minute, from above and at most 9 % off. Counts in buckets of logarithmic
 * width, as in HdrHistogram, of two windows: the one that fills, and the one before.
 */
export class Quantile {
  readonly #quantile: number
  #counts = new Uint32Array(BUCKETS)
  #before = new Uint32Array(BUCKETS)
  #total = 0
  #totalBefore = 0
  #beganMs = Number.NEGATIVE_INFINITY
  #valueMs = 0
  #dueMs = Number.NEGATIVE_INFINITY

  /** @param quantile within 0 and 1, such as 0.95 */
  constructor(quantile: number) {
    this.#quantile = quantile
  }

  record(latencyMs: number, nowMs: number): void {
    this.#turn(nowMs)
    this.#total++
    this.#counts[bucketOf(latencyMs)]!++
  }

  /** In milliseconds, at most a second old. @returns undefined while there are fewer than 20 samples */
  value(nowMs: number): number | undefined {
    this.#turn(nowMs)
    if (this.#total + this.#totalBefore < LEAST_SAMPLES) return undefined
    if (nowMs >= this.#dueMs) {
      this.#dueMs = nowMs + REFRESH_MS
      this.#valueMs = this.#find()
    }
    return this.#valueMs
  }

  #turn(nowMs: number): void {
    const elapsedMs = nowMs - this.#beganMs
    if (elapsedMs < WINDOW_MS) return
    const old = this.#before
    this.#before = this.#counts
    this.#totalBefore = this.#total
    this.#counts = old.fill(0)
    this.#total = 0
    this.#beganMs = nowMs
    if (elapsedMs < 2 * WINDOW_MS) return
    this.#before.fill(0)
    this.#totalBefore = 0
    this.#dueMs = nowMs
  }

  #find(): number {
    let left = Math.ceil(this.#quantile * (this.#total + this.#totalBefore))
    let bucket = 0
    for (; bucket < BUCKETS - 1; bucket++) {
      left -= this.#counts[bucket]! + this.#before[bucket]!
      if (left <= 0) break
    }
    return LEAST_MS * 2 ** (bucket / STEPS)
  }
}

function bucketOf(latencyMs: number): number {
  if (latencyMs <= LEAST_MS) return 0
  return Math.min(BUCKETS - 1, Math.ceil(Math.log2(latencyMs / LEAST_MS) * STEPS))
}
