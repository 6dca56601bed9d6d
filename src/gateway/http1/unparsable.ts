import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { GatewayError } from '../../errors.ts'
import { lastWords } from './last-words.ts'
import { deafen, endInStages } from './linger.ts'
import type { Outgoing } from './outgoing.ts'

/** Node's own names: the response that has the connection, and what reads requests from it, with the last one. */
type Busy = Socket & {
  readonly _httpMessage?: Outgoing | null
  readonly parser?: { readonly incoming?: IncomingMessage | null } | null
}

/** What is no HTTP, too much of it, or too slow: answered if that is still possible, then closed. */
export function answerUnparsable(error: NodeJS.ErrnoException, socket: Busy): void {
  // More than the last request that the client has announced. Its answer is on the way, and then the connection closes.
  if (error.code === 'HPE_CLOSED_CONNECTION') return
  if (error.code === 'ECONNRESET') socket.destroy()
  else answerOnSocket(parserProblem(error.code), socket)
}

/** Answers what has come to no request, unless others are still being answered, and closes. */
export function answerOnSocket(error: GatewayError, socket: Busy): void {
  const { _httpMessage: current, parser } = socket
  if (!socket.writable) {
    socket.destroy()
    return
  }
  // What goes on behind it is more of the same.
  deafen(socket)
  const last = parser?.incoming
  if (!current && last && !last.complete) {
    // The rest of a request that has its answer: another one would be taken for that of the next.
    endInStages(socket)
    return
  }
  // An answer of ours would be taken for theirs. The connection ends when they have left.
  if (current && last?.complete) return
  if (current && (current.headersSent || current.req.complete)) {
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
