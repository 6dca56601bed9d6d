import { type Deadline, type Deadlines, deadlinesOf } from './deadlines.ts'

/** How often within the time-out somebody looks. */
const LOOKS = 4

export interface Stallable {
  /** Whether it ought to move: somebody waits for it. */
  readonly awaited: boolean
  /** It has not moved for all that time. Once. */
  stalled(): void
}

/**
 * Notices when something that ought to move stands still for `timeoutMs`, up to a quarter longer. What moves only says so: it
 * neither sets a timer nor reads a clock.
 */
export class StallWatch implements Deadline {
  dueMs = 0
  earlier: Deadline | undefined
  later: Deadline | undefined
  /** For what moves to set. */
  moved = false
  readonly #deadlines: Deadlines
  readonly #owner: Stallable
  #silentLooks = 0
  #set = true

  constructor(timeoutMs: number, owner: Stallable) {
    this.#deadlines = deadlinesOf(timeoutMs / LOOKS)
    this.#owner = owner
    this.#deadlines.set(this, performance.now())
  }

  expire(): void {
    this.#silentLooks = this.moved || !this.#owner.awaited ? 0 : this.#silentLooks + 1
    this.moved = false
    this.#set = this.#silentLooks < LOOKS
    if (this.#set) this.#deadlines.set(this, performance.now())
    else this.#owner.stalled()
  }

  stop(): void {
    if (this.#set) this.#deadlines.clear(this)
    this.#set = false
  }
}
