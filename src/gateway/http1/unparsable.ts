import type { Socket } from 'node:net'
import { GatewayError } from '../../errors.ts'
import { lastWords } from './last-words.ts'
import type { Outgoing } from './outgoing.ts'

/** Node's own name for the response that has the connection. */
type Busy = Socket & { readonly _httpMessage?: Outgoing | null }

/** What is no HTTP, too much of it, or too slow: answered if that is still possible, then closed. */
export function answerUnparsable(error: NodeJS.ErrnoException, socket: Busy): void {
  // More than the last request that the client has announced. Its answer is on the way, and then the connection closes.
  if (error.code === 'HPE_CLOSED_CONNECTION') return
  if (error.code === 'ECONNRESET') socket.destroy()
  else answerOnSocket(parserProblem(error.code), socket)
}

/** Answers what has come to no request, and closes. */
export function answerOnSocket(error: GatewayError, socket: Busy): void {
  const { _httpMessage: current } = socket
  // The answer to an earlier request still has the connection: ours would be taken for it, or for a part of it.
  const outOfTurn = current && (current.headersSent || current.req.complete)
  if (!socket.writable || outOfTurn) {
    socket.destroy()
    return
  }
  lastWords(socket, error, current?.req.method === 'HEAD')
  // One that expects 100-continue may not have begun.
  current?.exchange?.closeByClient()
}

function parserProblem(code: string | undefined): GatewayError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new GatewayError('GW_HEADERS_TOO_LARGE', 'the request head is too large')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new GatewayError('GW_REQUEST_TIMEOUT', 'the request head did not arrive in time')
    default:
      return new GatewayError('GW_BAD_REQUEST', 'this is not a valid HTTP request')
  }
}
