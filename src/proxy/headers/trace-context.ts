import { randomFillSync } from 'node:crypto'

/** Of version 00, exactly; one of a later version may go on behind a dash. */
const TRACEPARENT =
  /^(?!ff)(?:00(?=.{53}$)|(?!00)[0-9a-f]{2})-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:$|-)/

/** W3C Trace Context 3.2.2: `version-traceid-parentid-flags` in lower-case hexadecimal; all zeros are no id. */
export function isTraceparent(value: string): boolean {
  return TRACEPARENT.test(value)
}

// Made many at a time: one call for the system's random bytes, and one text for all of them.
const BATCH = 256
const LENGTH = '00-'.length + 32 + '-'.length + 16 + '-00'.length
const TRACE_ID_BYTES = 16
const PARENT_ID_BYTES = 8
const DIGITS = Buffer.from('0123456789abcdef')
const random = Buffer.alloc(BATCH * (TRACE_ID_BYTES + PARENT_ID_BYTES))
const batch = Buffer.from(`00-${'0'.repeat(32)}-${'0'.repeat(16)}-00`.repeat(BATCH))
let text = ''
let used = BATCH

/** Not sampled: it ties the log lines of a request together and asks nobody to record. */
export function newTraceparent(): string {
  if (used === BATCH) makeBatch()
  const at = used++ * LENGTH
  return text.slice(at, at + LENGTH)
}

function makeBatch(): void {
  randomFillSync(random)
  for (let i = 0, from = 0; i < BATCH; i++) {
    const traceId = i * LENGTH + '00-'.length
    from = writeHex(from, TRACE_ID_BYTES, traceId)
    from = writeHex(from, PARENT_ID_BYTES, traceId + 2 * TRACE_ID_BYTES + '-'.length)
  }
  text = batch.toString('latin1')
  used = 0
}

/** @returns where the random bytes go on */
function writeHex(from: number, bytes: number, to: number): number {
  for (let i = 0; i < bytes; i++) {
    const byte = random[from + i]!
    batch[to + 2 * i] = DIGITS[byte >> 4]!
    batch[to + 2 * i + 1] = DIGITS[byte & 15]!
  }
  return from + bytes
}
