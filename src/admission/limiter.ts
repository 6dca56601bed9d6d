export interface LimiterOptions {
  /** How many may be under way now; at least 1. It may change at any time. */
  limit(): number
  /** How many are under way: leases that have not ended. */
  inFlight(): number
  /** How many more may wait. */
  readonly pending: number
  readonly pendingTimeoutMs: number
  /** Monotonic. */
  now(): number
}

/** A request that waits. Is told once, of one of both; must not throw. */
export interface Waiter {
  /** Its turn has come, and a place is held for it: `release` it once the lease has been taken, or when none is. */
  admitted(): void
  /** `full` is told before `wait` returns. */
  refused(reason: 'full' | 'late'): void
}

export interface Ticket {
  /** Leaves the queue and is told nothing. @returns false when it was told already */
  cancel(): boolean
}

interface Waiting extends Ticket {
  readonly waiter: Waiter
  readonly dueMs: number
}

/**
 * The limit on what a service has under way at once, and the short queue before it, first come first served.
 *
 * What is under way is counted by leases. A place can be held for a request that has none yet, or is between two of them, so
 * that the limit holds in between. Nobody waits in vain: whoever waits does so because of a lease or of a held place, and when
 * that ends, the queue is looked at.
 */
export class Limiter {
  readonly #options: LimiterOptions
  readonly #queue = new Set<Waiting>()
  #held = 0
  #admitting = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: LimiterOptions) {
    this.#options = options
  }

  /** How many wait. */
  get waiting(): number {
    return this.#queue.size
  }

  /** @returns true when the caller may take its lease, which it must do before it yields to anybody */
  tryEnter(): boolean {
    this.freed()
    return this.#queue.size === 0 && this.#hasRoom
  }

  /** For whom `tryEnter` refused. */
  wait(waiter: Waiter): Ticket {
    const { pending, pendingTimeoutMs, now } = this.#options
    const waiting: Waiting = {
      waiter,
      dueMs: now() + pendingTimeoutMs,
      cancel: () => this.#queue.delete(waiting),
    }
    if (this.#queue.size >= pending) waiter.refused('full')
    else {
      this.#queue.add(waiting)
      this.#timer ??= this.#arm(pendingTimeoutMs)
    }
    return waiting
  }

  /** Holds a place for a request whose lease is about to end and that will take another one. */
  hold(): void {
    this.#held++
  }

  /** Ends what `hold` or an admission began, after the lease has been taken or when none is wanted any more. */
  release(): void {
    this.#held--
    this.freed()
  }

  /** Admits as many as there is room for: to be called when a lease has ended, or the limit has grown. */
  freed(): void {
    // An admission may free a place at once; the loop that is already running sees to it.
    if (this.#queue.size === 0 || this.#admitting) return
    this.#admitting = true
    for (const waiting of this.#queue) {
      if (!this.#hasRoom) break
      this.#queue.delete(waiting)
      this.#held++
      waiting.waiter.admitted()
    }
    this.#admitting = false
  }

  get #hasRoom(): boolean {
    return this.#options.inFlight() + this.#held < this.#options.limit()
  }

  /** All wait equally long, so those at the front are due first. The timer is left to ring when they leave before. */
  #arm(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#ring(), delayMs).unref()
  }

  #ring(): void {
    this.#timer = undefined
    const nowMs = this.#options.now()
    for (const waiting of this.#queue) {
      if (waiting.dueMs > nowMs) {
        this.#timer ??= this.#arm(Math.ceil(waiting.dueMs - nowMs))
        break
      }
      this.#queue.delete(waiting)
      waiting.waiter.refused('late')
    }
  }
}
