import { MAX_FIELDS } from '../limits.ts'
import { COLON, CR, HTAB, LF, SP, TEXT, TOKEN } from '../tokens.ts'
import { violation } from '../violation.ts'

export const INCOMPLETE = -1

/**
 * Where the fields found by the last `scanFields` lie: name start, name end, value start, value end, in input offsets.
 * One for all parsers: scanning and taking the strings out happen in one synchronous step.
 */
export const spans = new Uint32Array(MAX_FIELDS * 4)

/** How many fields the last complete `scanFields` found. */
export let fieldCount = 0

/**
 * Scans field lines up to and with the empty line that ends them (RFC 9112 5), tolerating nothing: no bare CR or LF, no
 * whitespace around the name, no folding, no control characters.
 *
 * @returns the offset behind the empty line, or INCOMPLETE
 * @throws UpstreamError `protocol` as soon as what is there can not become valid
 */
export function scanFields(input: Buffer, at: number): number {
  const end = input.length
  for (let count = 0; ; count++) {
    if (at >= end) return INCOMPLETE
    if (input[at] === CR) {
      fieldCount = count
      return afterLineEnd(input, at)
    }
    if (count === MAX_FIELDS) throw violation(`more than ${MAX_FIELDS} fields`)
    const nameStart = at
    while (at < end && TOKEN[input[at]!] === 1) at++
    if (at >= end) return INCOMPLETE
    if (input[at] !== COLON || at === nameStart) throw violation('a field line does not start with a name and a colon')
    const nameEnd = at++
    while (at < end && isBlank(input[at]!)) at++
    const valueStart = at
    while (at < end && TEXT[input[at]!] === 1) at++
    let valueEnd = at
    at = afterLineEnd(input, at)
    if (at === INCOMPLETE) return INCOMPLETE
    while (valueEnd > valueStart && isBlank(input[valueEnd - 1]!)) valueEnd--
    const slot = count * 4
    spans[slot] = nameStart
    spans[slot + 1] = nameEnd
    spans[slot + 2] = valueStart
    spans[slot + 3] = valueEnd
  }
}

/** @returns the offset behind the CRLF at `at`, or INCOMPLETE */
export function afterLineEnd(input: Buffer, at: number): number {
  if (at < input.length && input[at] !== CR) throw violation('a control character or a bare LF in the header section')
  if (at + 1 >= input.length) return INCOMPLETE
  if (input[at + 1] !== LF) throw violation('a bare CR in the header section')
  return at + 2
}

function isBlank(byte: number): boolean {
  return byte === SP || byte === HTAB
}
