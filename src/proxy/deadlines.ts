/** A moment by which something must have happened. Its fields belong to the `Deadlines` that it was set in. */
export interface Deadline {
  /** Monotonic. */
  dueMs: number
  earlier: Deadline | undefined
  later: Deadline | undefined
  /** The moment has passed; the deadline is no longer set. */
  expire(): void
}

/**
 * Deadlines of one length, on one timer. They fall due in the order in which they were set, so a list is all it takes,
 * and one that is met, as nearly all are, costs no more than leaving the list.
 */
export class Deadlines {
  readonly #lengthMs: number
  #earliest: Deadline | undefined
  #latest: Deadline | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs
  }

  set(deadline: Deadline, nowMs: number): void {
    deadline.dueMs = nowMs + this.#lengthMs
    deadline.earlier = this.#latest
    if (this.#latest) this.#latest.later = deadline
    else this.#earliest = deadline
    this.#latest = deadline
    this.#timer ??= this.#arm(this.#lengthMs)
  }

  /** Only for one that is set. */
  clear(deadline: Deadline): void {
    const { earlier, later } = deadline
    if (earlier) earlier.later = later
    else this.#earliest = later
    if (later) later.earlier = earlier
    else this.#latest = earlier
    deadline.earlier = undefined
    deadline.later = undefined
  }

  /** The timer is left to ring when its deadline is cleared: it then looks for the next one, if there is any. */
  #arm(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#ring(), delayMs).unref()
  }

  #ring(): void {
    this.#timer = undefined
    const nowMs = performance.now()
    for (let due = this.#earliest; due && due.dueMs <= nowMs; due = this.#earliest) {
      this.clear(due)
      due.expire()
    }
    if (this.#earliest) this.#timer ??= this.#arm(Math.ceil(this.#earliest.dueMs - nowMs))
  }
}

/** By length, of which a configuration has a few. */
const byLength = new Map<number, Deadlines>()

/** The ones of this length in this process. */
export function deadlinesOf(lengthMs: number): Deadlines {
  let deadlines = byLength.get(lengthMs)
  if (!deadlines) {
    deadlines = new Deadlines(lengthMs)
    byLength.set(lengthMs, deadlines)
  }
  return deadlines
}
