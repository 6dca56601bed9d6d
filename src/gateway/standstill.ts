/** How long something has not moved, for somebody who looks at it now and then. */
export class Standstill {
  #mark = Number.NaN
  #sinceMs = 0

  /** @param mark where it is now @returns milliseconds since it was first seen there */
  lasts(mark: number, nowMs: number): number {
    if (mark !== this.#mark) {
      this.#mark = mark
      this.#sinceMs = nowMs
    }
    return nowMs - this.#sinceMs
  }
}
