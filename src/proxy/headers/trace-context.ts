import { randomBytes } from 'node:crypto'

/** Of version 00, exactly; one of a later version may go on behind a dash. */
const TRACEPARENT =
  /^(?!ff)(?:00(?=.{53}$)|(?!00)[0-9a-f]{2})-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:$|-)/

/** W3C Trace Context 3.2.2: `version-traceid-parentid-flags` in lower-case hexadecimal; all zeros are no id. */
export function isTraceparent(value: string): boolean {
  return TRACEPARENT.test(value)
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
