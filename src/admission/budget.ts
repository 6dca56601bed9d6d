const SLOT_MS = 1_000
/** The slot of now, and the twenty before it. */
const SLOTS = 21
/** The shortest run of slots, without that of now, over which the bound holds. */
const SHORTEST = 10
/** A share such as 0.1 is not exact in binary: ten requests must still earn a whole retry. */
const ALMOST_ONE = 1 - 1e-6

export interface BudgetOptions {
  /** Retries that one request earns, such as 0.2. */
  readonly share: number
  /** Retries that each second earns, for services that are rarely asked. */
  readonly floor: number
}

/**
 * How many retries a service may have. Over any run of ten seconds or more, retries are at most `share` of the requests plus
 * `floor` for each second: what a steady load makes of itself when everything fails is bounded, from the first second on.
 *
 * After Finagle's `RetryBudget`, whose bucket pays out what was saved on top of what is then being earned: up to twice the share
 * in the ten seconds that follow. Here what is taken is weighed against what was earned since each moment that lies ten to twenty
 * seconds back; longer runs are made up of such. The savings of ten seconds may still go in one, and are then repaid.
 */
export class Budget {
  readonly #share: number
  readonly #floor: number
  /** Earned by requests less taken, since the start. */
  #saved = 0
  /** The highest that `#saved` was in each slot. */
  readonly #highs = new Float64Array(SLOTS)
  #slot = 0
  /** How low `#saved` may fall in this slot. */
  #bound: number

  constructor({ share, floor }: BudgetOptions) {
    this.#share = share
    this.#floor = floor
    this.#bound = this.#lowest()
  }

  /** Counts a request: not its retries. */
  request(nowMs: number): void {
    this.#turn(nowMs)
    this.#saved += this.#share
    const at = this.#slot % SLOTS
    if (this.#saved > this.#highs[at]!) this.#highs[at] = this.#saved
  }

  /** Takes one retry. @returns false when there is none to take */
  take(nowMs: number): boolean {
    this.#turn(nowMs)
    if (this.#saved - this.#bound < ALMOST_ONE) return false
    this.#saved--
    return true
  }

  /** Whole retries that could be taken now. */
  left(nowMs: number): number {
    this.#turn(nowMs)
    return Math.max(0, Math.floor(this.#saved - this.#bound + 1 - ALMOST_ONE))
  }

  #turn(nowMs: number): void {
    const slot = Math.floor(nowMs / SLOT_MS)
    if (slot <= this.#slot) return
    for (let other = Math.max(this.#slot, slot - SLOTS) + 1; other <= slot; other++) {
      this.#highs[other % SLOTS] = this.#saved
    }
    this.#slot = slot
    this.#bound = this.#lowest()
  }

  #lowest(): number {
    let bound = Number.NEGATIVE_INFINITY
    for (let ago = SHORTEST; ago < SLOTS; ago++) {
      // A moment within that slot lies more than `ago - 1` seconds back; one that lies less than ten back is of no concern.
      const seconds = Math.max(SHORTEST, ago - 1)
      bound = Math.max(bound, this.#highs[(this.#slot - ago + SLOTS) % SLOTS]! - this.#floor * seconds)
    }
    return bound
  }
}
