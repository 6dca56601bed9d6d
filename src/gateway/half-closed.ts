import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Between one look and the next whether a client still listens: first for those nearby, then for those far away. Most answers
 * are there before the first, so that their clients are sent nothing else.
 */
const LOOKS_MS = [20, 25, 1000, 1500]

/** `headersSent` says that the head is made; this, that it has left. */
type Answer = ServerResponse & { readonly _headerSent?: boolean }

/** Node's own names: the answer that has the connection, and what reads requests from it. */
type Busy = Socket & { readonly _httpMessage?: Answer | null; readonly parser?: object | null }

/**
 * A client that has closed its side may still want its answer, or be gone: the packet is the same. Who is gone answers whatever
 * is sent with a reset, so that the next thing sent fails. So it is sent what means nothing: an interim response (RFC 9110 15.2),
 * or a leading zero of the next chunk's size (RFC 9112 7.1). In a body of told length nothing means nothing: there a silence is
 * taken for the client's leave.
 */
export function watchHalfClosed(socket: Busy): void {
  let bytes = 0
  const look = (nth: number): void => {
    const answer = socket._httpMessage
    if (socket.destroyed || !socket.parser || !answer) return
    const next = LOOKS_MS[nth + 1]
    const idle = !answer.writableEnded && (nth === 0 || socket.bytesWritten === bytes)
    // What still waits to be taken tells as well as what is sent.
    if (idle && !sendNothing(socket, answer) && next === undefined && socket.writableLength === 0) {
      socket.destroy()
      return
    }
    bytes = socket.bytesWritten
    if (next !== undefined) setTimeout(look, next, nth + 1)
  }
  setTimeout(look, LOOKS_MS[0], 0)
}

/** @returns false when there is nothing that means nothing: in a body of told length */
function sendNothing(socket: Socket, answer: Answer): boolean {
  if (answer.req.httpVersion === '1.0') return true
  if (!answer._headerSent) socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1')
  else if (answer.chunkedEncoding) socket.write('0', 'latin1')
  else return false
  return true
}
