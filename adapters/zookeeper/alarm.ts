/** Rings once, at the earliest of the times that it was set to since it last rang. */
export class Alarm {
  readonly #ring: () => void
  #timer: NodeJS.Timeout | undefined
  #atMs = Number.POSITIVE_INFINITY

  constructor(ring: () => void) {
    this.#ring = ring
  }

  within(ms: number): void {
    const atMs = performance.now() + ms
    if (atMs >= this.#atMs) return
    this.stop()
    this.#atMs = atMs
    this.#timer = setTimeout(() => {
      this.#atMs = Number.POSITIVE_INFINITY
      this.#ring()
    }, ms)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#atMs = Number.POSITIVE_INFINITY
  }
}
