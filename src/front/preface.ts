import type { Socket } from 'node:net'
import type { Arrival } from './arrival.ts'
import { readOpening } from './opening.ts'

/** RFC 9113 3.4: how a client begins that knows that it may speak HTTP/2. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

/** Tells HTTP/2 without TLS from HTTP/1 by its preface (RFC 9113 3.3). No byte is taken. */
export function choosing(http2: (socket: Socket) => void, http1: (socket: Socket) => void): (arrival: Arrival) => void {
  return function choose(arrival) {
    let isHttp2: boolean | undefined
    const judge = (bytes: Buffer) => {
      isHttp2 = beginsWithPreface(bytes)
      return isHttp2 === undefined ? undefined : 0
    }
    readOpening(arrival.socket, judge, () => (isHttp2 ? http2 : http1)(arrival.handOver()))
  }
}

/** undefined: so far it does. */
function beginsWithPreface(bytes: Buffer): boolean | undefined {
  const length = Math.min(bytes.length, PREFACE.length)
  if (PREFACE.compare(bytes, 0, length, 0, length) !== 0) return false
  return bytes.length >= PREFACE.length || undefined
}
