const OPCODE = 0x0f
const CLOSE = 0x8
const MASKED = 0x80
const MASK_BYTES = 4
const LENGTH = 0x7f
const TWO_BYTES = 126
const EIGHT_BYTES = 127

/** Follows the frames of one direction of a WebSocket (RFC 6455 5.2) by their heads, without a look at what they carry. */
export class FrameTracker {
  /** A Close frame has begun: the sender says nothing after it. */
  closed = false
  /** First bytes of a frame's head: flags and opcode, length, extended length. */
  readonly #head = new Uint8Array(10)
  #headBytes = 0
  /** Bytes of the frame at hand that are still to come. */
  #left = 0

  /** The bytes so far are whole frames. */
  get atBoundary(): boolean {
    return this.#left === 0 && this.#headBytes === 0
  }

  /**
   * Follows the chunk, from `at`, up to the next end of a frame.
   *
   * @returns the offset there, or the end of the chunk
   */
  advance(chunk: Uint8Array, at: number): number {
    while (this.#left === 0) {
      if (at >= chunk.length) return at
      this.#head[this.#headBytes++] = chunk[at++]!
      if (this.#readHead()) break
    }
    const taken = Math.min(this.#left, chunk.length - at)
    this.#left -= taken
    return at + taken
  }

  /** @returns whether the head is whole */
  #readHead(): boolean {
    if (this.#headBytes < 2) return false
    const second = this.#head[1]!
    const short = second & LENGTH
    const extended = short === TWO_BYTES ? 2 : short === EIGHT_BYTES ? 8 : 0
    if (this.#headBytes < 2 + extended) return false
    let length = extended === 0 ? short : 0
    for (let i = 2; i < this.#headBytes; i++) length = length * 256 + this.#head[i]!
    this.#left = length + (second & MASKED ? MASK_BYTES : 0)
    this.#headBytes = 0
    if ((this.#head[0]! & OPCODE) === CLOSE) this.closed = true
    return true
  }
}
