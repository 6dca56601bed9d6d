import { type Deadline, type Deadlines, deadlinesOf } from './deadlines.ts'
import type { Exchange } from './exchange.ts'

/** By when a response head must have come, whatever is tried and waited for until then. */
export class HeadDeadline implements Deadline {
  dueMs = 0
  earlier: Deadline | undefined
  later: Deadline | undefined
  readonly #exchange: Exchange
  readonly #deadlines: Deadlines
  #set = true

  constructor(exchange: Exchange, timeoutMs: number, nowMs: number) {
    this.#exchange = exchange
    this.#deadlines = deadlinesOf(timeoutMs)
    this.#deadlines.set(this, nowMs)
    exchange.dueMs = this.dueMs
  }

  expire(): void {
    this.#set = false
    this.#exchange.expire()
  }

  /** The head is there, or none is wanted any more. */
  stop(): void {
    if (this.#set) this.#deadlines.clear(this)
    this.#set = false
  }
}
