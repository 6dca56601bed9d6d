const SLOTS = 5

/** Successes and failures of about the last `windowMs`: a slot at a time is forgotten. */
export class OutcomeWindow {
  readonly #slotMs: number
  readonly #ok: number[] = new Array(SLOTS).fill(0)
  readonly #failed: number[] = new Array(SLOTS).fill(0)
  #slot = 0

  constructor(windowMs: number) {
    this.#slotMs = windowMs / SLOTS
  }

  add(failed: boolean, nowMs: number): void {
    const slot = Math.floor(nowMs / this.#slotMs)
    for (let ahead = Math.min(slot - this.#slot, SLOTS); ahead > 0; ahead--) this.#clear((slot - ahead + 1) % SLOTS)
    this.#slot = slot
    const counts = failed ? this.#failed : this.#ok
    counts[slot % SLOTS]!++
  }

  get requests(): number {
    return sum(this.#ok) + sum(this.#failed)
  }

  /** Part of the requests; of none it is 1. */
  get successRate(): number {
    const { requests } = this
    return requests === 0 ? 1 : sum(this.#ok) / requests
  }

  clear(): void {
    for (let at = 0; at < SLOTS; at++) this.#clear(at)
  }

  #clear(at: number): void {
    this.#ok[at] = 0
    this.#failed[at] = 0
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)
