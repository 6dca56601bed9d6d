import type { SheddingConfig } from '../../config/types.ts'
import type { Logger } from '../../plugin/index.ts'
import { Latch } from './latch.ts'

/** What this process can run out of: time on its event loop, room on its heap. */
export type Shortage = 'lag' | 'heap'

/** What is looked at, ten times a second. */
export interface Load {
  /** How much later than asked a timer has rung. */
  readonly lagMs: number
  /** The part of what the heap may grow to that is in use. */
  readonly heap: number
}

/** Where clients are first asked to go elsewhere, as a part of the mark at which they are refused. */
const EARLY = { lag: 0.5, heap: 0.9 } as const

/**
 * So many looks a full heap has to become emptier by refusals. One that does not is filled by something else, such as a leak:
 * better to go on, even to the end of the process, which is replaced, than to refuse for ever.
 */
const MOST_HEAP_LOOKS = 100

/**
 * Whether this process has too much to do. Both answers are plain fields, since they are read for every request; they change when
 * the load has been over a mark, or under it, for several looks in a row.
 */
export class Pressure {
  /** Clients should go elsewhere with their next requests. */
  high = false
  /** New requests are to be refused, for want of this. */
  shortage: Shortage | null = null
  readonly #lag: Latch
  readonly #earlyLag: Latch
  readonly #heap: Latch
  readonly #earlyHeap: Latch
  readonly #log: Logger
  #fullLooks = 0

  constructor({ lagMs, heap }: SheddingConfig, log: Logger) {
    this.#lag = new Latch(lagMs ?? Infinity)
    this.#earlyLag = new Latch((lagMs ?? Infinity) * EARLY.lag)
    this.#heap = new Latch(heap ?? Infinity)
    this.#earlyHeap = new Latch((heap ?? Infinity) * EARLY.heap)
    this.#log = log
  }

  look({ lagMs, heap }: Load): void {
    const early = [this.#earlyLag.take(lagMs), this.#earlyHeap.take(heap)]
    const late = this.#lag.take(lagMs)
    const full = this.#heap.take(heap)
    this.#fullLooks = full ? this.#fullLooks + 1 : 0
    const shortage = late ? 'lag' : full && this.#fullLooks <= MOST_HEAP_LOOKS ? 'heap' : null
    if (shortage !== this.shortage)
      this.#tell(shortage, { lagMs: Math.round(lagMs), heap: Math.round(heap * 100) / 100 })
    this.shortage = shortage
    this.high = early.includes(true)
  }

  #tell(shortage: Shortage | null, load: Load): void {
    if (shortage) this.#log.warn({ shortage, ...load }, 'new requests are refused: this process has too much to do')
    else this.#log.info(load, 'requests are taken again')
  }
}
