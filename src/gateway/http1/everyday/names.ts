/** A field name as it was sent, and in lower case. */
export interface Name {
  readonly sent: string
  readonly lower: string
}

interface Known extends Name {
  readonly bytes: Buffer
}

const SLOTS = 2048
const MOST_IN_A_SLOT = 4
const MOST_BYTES = 64

/**
 * The names that come, each as the same string every time: made and looked up once, it costs nothing to be asked for by that
 * string again. As names come from clients, so many of a length are kept and no more, however they are chosen.
 */
export class Names {
  readonly #slots: Known[][] = Array.from({ length: SLOTS }, () => [])

  /** @param text the input as latin1, for a name that is new */
  at(input: Buffer, start: number, end: number, text: string): Name {
    const slot = this.#slots[slotOf(input, start, end)]!
    for (const known of slot) if (isSame(input, start, end, known.bytes)) return known
    const sent = text.slice(start, end)
    const name = { sent, lower: sent.toLowerCase() }
    if (slot.length === MOST_IN_A_SLOT || end - start > MOST_BYTES) return name
    const bytes = Buffer.from(sent, 'latin1')
    const known = { bytes, sent: bytes.toString('latin1'), lower: bytes.toString('latin1').toLowerCase() }
    slot.push(known)
    return known
  }
}

function slotOf(input: Buffer, start: number, end: number): number {
  const [first, last, beforeLast] = [input[start]!, input[end - 1]!, input[end - 2] ?? 0]
  return (
    (Math.imul(first, 31) ^ Math.imul(last, 131) ^ Math.imul(beforeLast, 521) ^ Math.imul(end - start, 1031)) &
    (SLOTS - 1)
  )
}

function isSame(input: Buffer, start: number, end: number, bytes: Buffer): boolean {
  if (bytes.length !== end - start) return false
  for (let i = 0; i < bytes.length; i++) if (input[start + i] !== bytes[i]) return false
  return true
}
