/** A listing of some hundred thousand names takes 4 MiB, and a znode 1 MiB: what says that it is longer is no answer. */
const MOST_BYTES = 64 * 2 ** 20
const HEAD_BYTES = 4

/** Cuts the bytes of a connection into frames, each with the four bytes of its length. */
export class Frames {
  #parts: Buffer[] = []
  #bytes = 0

  /**
   * The frames that `chunk` completes. What is left of it begins the next one.
   *
   * @throws Error for a length that no frame has, before anything of it is waited for
   */
  completedBy(chunk: Buffer): Buffer[] {
    this.#keep(chunk)
    if (this.#bytes < this.#wanted()) return []
    let rest = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts, this.#bytes)
    this.#clear()
    const frames: Buffer[] = []
    for (let size = sizeOf(rest); rest.length >= size; size = sizeOf(rest)) {
      frames.push(rest.subarray(0, size))
      rest = rest.subarray(size)
    }
    if (rest.length > 0) this.#keep(rest)
    return frames
  }

  #keep(part: Buffer): void {
    this.#parts.push(part)
    this.#bytes += part.length
  }

  #clear(): void {
    this.#parts = []
    this.#bytes = 0
  }

  /** Of the frame that has begun, as far as it is known. */
  #wanted(): number {
    if (this.#bytes < HEAD_BYTES) return HEAD_BYTES
    if (this.#parts[0]!.length < HEAD_BYTES) this.#parts = [Buffer.concat(this.#parts, this.#bytes)]
    return sizeOf(this.#parts[0]!)
  }
}

function sizeOf(frame: Buffer): number {
  if (frame.length < HEAD_BYTES) return HEAD_BYTES
  const length = frame.readInt32BE()
  if (length >= 0 && length <= MOST_BYTES) return HEAD_BYTES + length
  throw new Error(`a frame of ${length} bytes is not ZooKeeper's`)
}
