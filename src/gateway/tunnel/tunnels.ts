import type { Splice } from './splice.ts'

/** What other protocols than WebSocket have between our FIN and the end of the drain. */
const LAST_MS = 1000

/** The open tunnels of a listener. */
export class Tunnels {
  readonly #open = new Set<Splice>()
  readonly #random: () => number
  #onEmpty: (() => void) | undefined
  #endMs = Number.POSITIVE_INFINITY

  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  add(splice: Splice): void {
    this.#open.add(splice)
    if (this.#endMs !== Number.POSITIVE_INFINITY) this.#schedule(splice)
  }

  delete(splice: Splice): void {
    this.#open.delete(splice)
    if (this.#open.size === 0) this.#onEmpty?.()
  }

  /**
   * Ends all of them within `withinMs`: WebSockets at random moments of its first half, so that their clients do not all come
   * back at once; other protocols, which cannot be told, when it is nearly over. Resolves when none is left.
   */
  leave(withinMs: number): Promise<void> {
    this.#endMs = performance.now() + withinMs
    for (const splice of this.#open) this.#schedule(splice)
    return new Promise((empty) => {
      this.#onEmpty = empty
      if (this.#open.size === 0) empty()
    })
  }

  /** Breaks off what is left. */
  cut(): void {
    for (const splice of this.#open) splice.cut('drained')
  }

  #schedule(splice: Splice): void {
    const leftMs = Math.max(0, this.#endMs - performance.now())
    const delayMs = splice.isWebSocket ? this.#random() * (leftMs / 2) : leftMs - Math.min(LAST_MS, leftMs / 2)
    setTimeout(() => splice.leave(), delayMs).unref()
  }
}
