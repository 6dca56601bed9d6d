import { randomBytes } from 'node:crypto'

const LENGTH = 55
const DASH = 45
const ZERO = 48
const DIGITS = new Uint8Array(128)
for (const digit of '0123456789abcdef') DIGITS[digit.charCodeAt(0)] = 1

/**
 * W3C Trace Context 3.2.2: `version-traceid-parentid-flags` in lower-case hexadecimal. A version of the future may be longer,
 * behind a dash.
 */
export function isTraceparent(value: string): boolean {
  if (value.length < LENGTH || value.startsWith('ff')) return false
  if (value.length > LENGTH && (value.startsWith('00') || value.charCodeAt(LENGTH) !== DASH)) return false
  return isHex(value, 0, 2) && isId(value, 3, 35) && isId(value, 36, 52) && isHex(value, 53, 55)
}

/** All zeros are no id. */
function isId(value: string, from: number, to: number): boolean {
  if (!isHex(value, from, to)) return false
  for (let i = from; i < to; i++) if (value.charCodeAt(i) !== ZERO) return true
  return false
}

/** Hexadecimal, and a dash before it unless it is the beginning. */
function isHex(value: string, from: number, to: number): boolean {
  if (from > 0 && value.charCodeAt(from - 1) !== DASH) return false
  for (let i = from; i < to; i++) if (DIGITS[value.charCodeAt(i)] !== 1) return false
  return true
}

// Made many at a time: one call for the system's random bytes, and text that needs no putting together when it is used.
const BATCH = 256
const ID_CHARACTERS = 48
let traceparents: string[] = []

/** Not sampled: it ties the log lines of a request together and asks nobody to record. */
export function newTraceparent(): string {
  const made = traceparents.pop()
  if (made) return made
  const ids = randomBytes((BATCH * ID_CHARACTERS) / 2).toString('hex')
  traceparents = Array.from({ length: BATCH }, (_, i) =>
    traceparent(ids.slice(i * ID_CHARACTERS, (i + 1) * ID_CHARACTERS)),
  )
  return newTraceparent()
}

function traceparent(id: string): string {
  return ['00', id.slice(0, 32), id.slice(32), '00'].join('-')
}
