import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { GatewayError } from '../../errors.ts'
import { problemAnswer } from '../problem.ts'
import { endInStages } from './linger.ts'

/**
 * Answers on a connection that Node's server does not answer on, or no longer, and closes it.
 *
 * @param toHead the answer is to a HEAD request, and has no body (RFC 9110 9.3.2)
 */
export function lastWords(socket: Socket, error: GatewayError, toHead = false): void {
  const { status, headers, body } = problemAnswer(error)
  const framing = { date: new Date().toUTCString(), 'content-length': Buffer.byteLength(body!), connection: 'close' }
  const lines = Object.entries({ ...headers, ...framing }).map(([name, value]) => `${name}: ${value}\r\n`)
  endInStages(socket, `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${toHead ? '' : body}`)
}

/** So many refusals may be on their way at once; further connections are closed without one. */
const MOST_TURNED_AWAY = 256
let turnedAway = 0

/** Answers 503 without reading a request: there is no room for the connection. */
export function turnAway(socket: Socket): void {
  if (turnedAway >= MOST_TURNED_AWAY) {
    socket.destroy()
    return
  }
  turnedAway++
  socket.on('error', ignore).once('close', () => turnedAway--)
  socket.resume()
  lastWords(socket, new GatewayError('GW_OVERLOADED', 'there are too many connections'))
}

/** An error is followed by `close`. */
function ignore(): void {}
