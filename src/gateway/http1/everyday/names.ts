import type { FieldName } from '../../../proxy/index.ts'

/** In lower case it is empty for one that is left out. */
interface Known extends FieldName {
  readonly bytes: Buffer
}

const SLOTS = 2048
const MOST_IN_A_SLOT = 4
const MOST_BYTES = 64

/**
 * The names that come, each as the same string every time, so that whoever looks it up in a table pays for its hash once. As
 * names come from clients, there is a bound to how many are kept, and to how many of them one is compared with.
 */
export class Names {
  readonly #leftOut: ReadonlySet<string>
  readonly #slots: Known[][] = Array.from({ length: SLOTS }, () => [])

  /** @param leftOut in lower case */
  constructor(leftOut: ReadonlySet<string>) {
    this.#leftOut = leftOut
  }

  /** The token that lies between these offsets. */
  at(input: Buffer, start: number, end: number): FieldName {
    const slot = this.#slots[slotOf(input, start, end)]!
    for (const known of slot) if (isSame(input, start, end, known.bytes)) return known
    return this.#learn(input.subarray(start, end), slot)
  }

  #learn(token: Buffer, slot: Known[]): FieldName {
    const sent = token.toString('latin1')
    const lower = sent.toLowerCase()
    const name = { sent, lower: this.#leftOut.has(lower) ? '' : lower, bytes: Buffer.from(token) }
    if (slot.length < MOST_IN_A_SLOT && token.length <= MOST_BYTES) slot.push(name)
    return name
  }
}

function slotOf(input: Buffer, start: number, end: number): number {
  const ends = Math.imul(input[start]!, 31) ^ Math.imul(input[end - 1]!, 131)
  return (ends ^ Math.imul(end - start, 1031) ^ Math.imul(input[(start + end) >> 1]!, 521)) & (SLOTS - 1)
}

function isSame(input: Buffer, start: number, end: number, bytes: Buffer): boolean {
  if (bytes.length !== end - start) return false
  for (let i = 0; i < bytes.length; i++) if (input[start + i] !== bytes[i]) return false
  return true
}
