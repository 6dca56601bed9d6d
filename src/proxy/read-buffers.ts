/** What is read at once, at most. */
export const READ_BYTES = 64 * 1024

/** Of those that nobody has; 4 MiB. */
const MOST_SPARE = 64

/** Bytes that have been read into a buffer, and have not come back. */
const out = new WeakMap<ArrayBufferLike, number>()

const spare: Buffer<ArrayBuffer>[] = []

/** One of `READ_BYTES`, for whoever takes it to have, or to give back by `putBack`. */
export function takeBuffer(): Buffer<ArrayBuffer> {
  return spare.pop() ?? Buffer.allocUnsafeSlow(READ_BYTES)
}

export function putBack(buffer: Buffer<ArrayBuffer>): void {
  if (spare.length < MOST_SPARE) spare.push(buffer)
}

/** The first `bytes` of a buffer of this place, which comes back when all of them have been told as done with. */
export function giveOut(buffer: Buffer<ArrayBuffer>, bytes: number): Buffer {
  out.set(buffer.buffer, bytes)
  return buffer.subarray(0, bytes)
}

/**
 * So many bytes of what `chunk` is a part of are of no use any more: nobody has them, and nobody will say so again. Optional: what is
 * never told of stays with whoever has it. Harmless for what was not given out.
 */
export function doneWith(chunk: Uint8Array, bytes = chunk.length): void {
  const { buffer } = chunk
  if (buffer.byteLength !== READ_BYTES) return
  const left = out.get(buffer)
  if (left === undefined) return
  if (left > bytes) {
    out.set(buffer, left - bytes)
    return
  }
  out.delete(buffer)
  putBack(Buffer.from(buffer as ArrayBuffer))
}
