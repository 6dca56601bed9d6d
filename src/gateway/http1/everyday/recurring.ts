interface Known<T> {
  readonly bytes: Buffer
  readonly made: T
}

const MOST_IN_A_SLOT = 4
const MOST_BYTES = 64

/**
 * Short texts that come again and again, and what is made of each: once. As they come from clients, there is a bound to how many are
 * kept, and to how many of them one is compared with.
 */
export class Recurring<T> {
  readonly #make: (text: string) => T
  readonly #slots: Known<T>[][]
  readonly #mask: number

  /** @param slots a power of two */
  constructor(slots: number, make: (text: string) => T) {
    this.#make = make
    this.#slots = Array.from({ length: slots }, () => [])
    this.#mask = slots - 1
  }

  /** Of what lies between these offsets, as latin1. */
  at(input: Buffer, start: number, end: number): T {
    const slot = this.#slots[hashOf(input, start, end) & this.#mask]!
    for (const known of slot) if (isSame(input, start, end, known.bytes)) return known.made
    return this.#learn(input.subarray(start, end), slot)
  }

  #learn(text: Buffer, slot: Known<T>[]): T {
    const made = this.#make(text.toString('latin1'))
    if (slot.length < MOST_IN_A_SLOT && text.length <= MOST_BYTES) slot.push({ bytes: Buffer.from(text), made })
    return made
  }
}

function hashOf(input: Buffer, start: number, end: number): number {
  if (start === end) return 0
  const ends = Math.imul(input[start]!, 31) ^ Math.imul(input[end - 1]!, 131)
  return ends ^ Math.imul(end - start, 1031) ^ Math.imul(input[(start + end) >> 1]!, 521)
}

function isSame(input: Buffer, start: number, end: number, bytes: Buffer): boolean {
  if (bytes.length !== end - start) return false
  for (let i = 0; i < bytes.length; i++) if (input[start + i] !== bytes[i]) return false
  return true
}
