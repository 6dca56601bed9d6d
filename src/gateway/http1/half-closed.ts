import type { Socket } from 'node:net'

/**
 * Between one look at a client and the next. Two soon after each other notice a client nearby, the third one far away. Most
 * answers are complete before the first look, so that their clients are sent nothing beside them.
 */
const LOOKS_MS = [20, 25, 1000, 1500]

/** An answer on its way. */
export interface Underway {
  /** Nothing is added to it. */
  readonly ended: boolean
  /** Its head is made, and has left. */
  readonly headLeft: boolean
  /** Its body comes in chunks. */
  readonly chunked: boolean
  /** Its client knows no interim responses. */
  readonly toOldClient: boolean
}

/**
 * A client that has closed its side may still want its answer, or be gone: the packet is the same. Who is gone answers whatever
 * is sent with a reset, so that the next thing sent fails. So it is sent what every client has to pass over: an interim response (RFC 9110 15.2),
 * or a leading zero of the next chunk's size (RFC 9112 7.1). Within a body whose length was told there is nothing such: a silence
 * there is taken for the client's leave.
 *
 * @param underway the answer that has the connection, if there is one
 */
export function watchHalfClosed(socket: Socket, underway: () => Underway | undefined): void {
  let bytes = 0
  const look = (nth: number): void => {
    const answer = underway()
    if (socket.destroyed || !answer) return
    const next = LOOKS_MS[nth + 1]
    const idle = !answer.ended && (nth === 0 || socket.bytesWritten === bytes)
    // What still waits to be taken tells as well as what is sent.
    if (idle && !probe(socket, answer) && next === undefined && socket.writableLength === 0) {
      socket.destroy()
      return
    }
    bytes = socket.bytesWritten
    if (next !== undefined) setTimeout(look, next, nth + 1)
  }
  setTimeout(look, LOOKS_MS[0], 0)
}

/** @returns false within a body whose length was told, where every byte would be taken for content */
function probe(socket: Socket, answer: Underway): boolean {
  if (answer.toOldClient) return true
  if (!answer.headLeft) socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1')
  else if (answer.chunked) socket.write('0', 'latin1')
  else return false
  return true
}
