/** How many streams, about, are looked back on. */
const WINDOW = 1000
/** So many broken ones are borne in any case: a client that leaves a page, or a deadline that passes, breaks many at once. */
const BROKEN = 200
/** Bytes that serve no request: how many a client may send at once, and how many more each second. */
const IDLE_BYTES = 1024 * 1024
const IDLE_BYTES_PER_SECOND = 64 * 1024
/** Granted beside the content: a frame of DATA has a head of its own, and is answered by up to two WINDOW_UPDATE. */
const BYTES_PER_FRAME = 64

/**
 * How a client uses its HTTP/2 connection: whether what it sends serves requests, and whether it waits for the answers. Streams
 * that are opened only to be reset, and frames that ask for nothing, cost us more than the client (CVE-2023-44487, CVE-2025-8671,
 * CVE-2019-9511 to 9518).
 */
export class Conduct {
  #streams = 0
  #broken = 0
  #used = 0
  #credit = IDLE_BYTES
  #seen = 0

  /** A request begins. @param raw its head, before compression */
  head(raw: readonly string[]): void {
    for (const text of raw) this.#used += text.length + 4
    this.#used += BYTES_PER_FRAME
  }

  /** Some of a body, either way. */
  body(bytes: number): void {
    this.#used += bytes + BYTES_PER_FRAME
  }

  /** @param broken not by us, and before the answer was complete */
  ended(broken: boolean): void {
    this.#streams++
    if (broken) this.#broken++
    if (this.#streams < WINDOW) return
    this.#streams /= 2
    this.#broken /= 2
  }

  /** More than half of the streams, and many, have come to nothing. */
  get breaksTooMuch(): boolean {
    return this.#broken > BROKEN && 2 * this.#broken > this.#streams
  }

  /**
   * Asked once a second.
   *
   * @param received bytes of the connection so far, but for those of bodies that nobody has read yet
   */
  saysTooMuch(received: number): boolean {
    const idle = received - this.#seen - this.#used
    this.#seen = received
    this.#used = 0
    this.#credit = Math.min(IDLE_BYTES, this.#credit + IDLE_BYTES_PER_SECOND - idle)
    return this.#credit < 0
  }
}
