import { randomBytes } from 'node:crypto'

/** RFC 6455 7.4.1: "going away". */
const GOING_AWAY = [0x03, 0xe9] as const
const FINAL_CLOSE = 0x88
const MASKED = 0x80

/** As a server sends it. */
export function closeFrame(): Buffer {
  return Buffer.from([FINAL_CLOSE, GOING_AWAY.length, ...GOING_AWAY])
}

/** As a client sends it (RFC 6455 5.3). */
export function maskedCloseFrame(): Buffer {
  const mask = randomBytes(4)
  const payload = GOING_AWAY.map((byte, i) => byte ^ mask[i]!)
  return Buffer.from([FINAL_CLOSE, MASKED | GOING_AWAY.length, ...mask, ...payload])
}
