/** One pause, of the collector or of the whole machine, is no load. */
const LOOKS_ON = 3
/** Whoever has just got rid of work should not take it all back at once. */
const LOOKS_OFF = 10

/** Whether values are at a mark or over it: of several in a row, and more in a row for no than for yes. */
export class Latch {
  #on = false
  #against = 0
  readonly #mark: number

  constructor(mark: number) {
    this.#mark = mark
  }

  take(value: number): boolean {
    this.#against = value >= this.#mark === this.#on ? 0 : this.#against + 1
    if (this.#against < (this.#on ? LOOKS_OFF : LOOKS_ON)) return this.#on
    this.#against = 0
    this.#on = !this.#on
    return this.#on
  }
}
