import assert from 'node:assert/strict'
import { Http2Client } from '../../../support/http2-client.ts'
import { FRAME, type Frame, frame } from '../../../support/http2-frames.ts'
import { until } from '../../../support/until.ts'
import type { Case, Wire } from './wire.ts'

/** Codes of RFC 9113 7. */
export const ERROR = {
  protocol: 1,
  flow: 3,
  settings: 4,
  closed: 5,
  size: 6,
  refused: 7,
  cancel: 8,
  compression: 9,
  calm: 11,
} as const

export type Code = keyof typeof ERROR

/** A client that speaks HTTP/2 without TLS, and has exchanged settings. */
export async function http2({ socket }: Wire, values: Readonly<Record<number, number>> = {}): Promise<Http2Client> {
  return new Http2Client(await socket('h2c')).greet(values)
}

/** A case of section 3.9 that enters without TLS. */
export const http2Case = (rule: number, level: Case['level'], name: string, run: Case['run']): Case => ({
  rule,
  level,
  name,
  run,
  needs: ['h2c'],
})

/** The connection is as good as ever. */
export async function serves(client: Http2Client): Promise<void> {
  const mark = Buffer.from('still ok')
  client.write(frame(FRAME.ping, 0, 0, mark))
  await client.frame(
    'the answer to a PING',
    ({ type, flags, payload }) => type === FRAME.ping && flags === 1 && payload.equals(mark),
  )
}

/** RFC 9113 5.4.1: GOAWAY with one of these codes, which a peer may not see, as the connection closes. */
export async function failsConnection(client: Http2Client, codes: readonly Code[]): Promise<void> {
  const what = `an error of the connection, after ${client.shown}`
  const found = await until(what, () => client.frames.find(isError) ?? client.ended)
  if (found !== true) assertCode(found.payload.readUInt32BE(4), codes)
}

/** RFC 9113 5.4.2: a reset with one of these codes; an endpoint may take it for an error of the connection. */
export async function failsStream(client: Http2Client, stream: number, codes: readonly Code[]): Promise<void> {
  const isReset = (it: Frame) => it.type === FRAME.reset && it.stream === stream
  const found = await until(
    `an error of stream ${stream}, after ${client.shown}`,
    () => client.frames.find((it) => isReset(it) || isError(it)) ?? client.ended,
  )
  if (found !== true) assertCode(found.payload.readUInt32BE(found.type === FRAME.reset ? 0 : 4), codes)
}

const isError = ({ type, payload }: Frame) => type === FRAME.goaway && payload.readUInt32BE(4) !== 0

function assertCode(code: number, codes: readonly Code[]): void {
  assert.ok(
    codes.some((one) => ERROR[one] === code),
    `the code is ${code}, not that of ${codes.join(' or ')}`,
  )
}
