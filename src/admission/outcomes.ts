const SLOTS = 10

/** Counts of successes and failures over the last `windowMs`, forgotten a tenth of it at a time. */
export class Outcomes {
  total = 0
  failed = 0
  readonly #slotMs: number
  // There is one of these for each endpoint, and the header of a typed array is larger than these counts.
  readonly #totals: number[] = new Array(SLOTS).fill(0)
  readonly #failures: number[] = new Array(SLOTS).fill(0)
  #slot = 0

  constructor(windowMs: number) {
    this.#slotMs = windowMs / SLOTS
  }

  count(failed: boolean, nowMs: number): void {
    this.#turn(nowMs)
    const at = this.#slot % SLOTS
    this.total++
    this.#totals[at]!++
    if (!failed) return
    this.failed++
    this.#failures[at]!++
  }

  clear(): void {
    this.#totals.fill(0)
    this.#failures.fill(0)
    this.total = this.failed = 0
  }

  #turn(nowMs: number): void {
    const slot = Math.floor(nowMs / this.#slotMs)
    for (let other = Math.max(this.#slot, slot - SLOTS) + 1; other <= slot; other++) {
      const at = other % SLOTS
      this.total -= this.#totals[at]!
      this.failed -= this.#failures[at]!
      this.#totals[at] = this.#failures[at] = 0
    }
    this.#slot = Math.max(this.#slot, slot)
  }
}
