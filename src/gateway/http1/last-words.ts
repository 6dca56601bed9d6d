import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { GatewayError } from '../../errors.ts'
import { problemAnswer } from '../problem.ts'

/** How long a client may take to read the answer to what is no HTTP. */
const LINGER_MS = 1000

/**
 * Answers on a connection that Node's server does not answer on, or no longer, and closes it.
 *
 * @param toHead the answer is to a HEAD request, and has no body (RFC 9110 9.3.2)
 */
export function lastWords(socket: Socket, error: GatewayError, toHead = false): void {
  const { status, headers, body } = problemAnswer(error)
  const framing = { date: new Date().toUTCString(), 'content-length': Buffer.byteLength(body!), connection: 'close' }
  const lines = Object.entries({ ...headers, ...framing }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${toHead ? '' : body}`)
  // Not at once: input that nobody has read would reset the connection before the client has read why.
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}

/** Beyond that, those who come too many are closed without a word: they hold what others need. */
const MOST_TURNED_AWAY = 256
let turnedAway = 0

/** Answers whatever a client was about to ask: there is no room for its connection. */
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
