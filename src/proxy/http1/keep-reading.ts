import type { Socket } from 'node:net'

type Done = (error?: Error | null) => void

/**
 * From now on a write that fails because the peer reads no more does not destroy the socket: what the peer has said before,
 * an answer to half a request, may still be unread. Reading comes to the end, or to the error, by itself.
 */
export function keepReading(socket: Socket): void {
  const write = socket._write
  const writev = socket._writev!
  // One for all writes: a stream has but one at a time.
  let done: Done
  const forgive: Done = (error) => done(isGone(error) ? null : error)
  socket._write = (chunk, encoding, callback) => {
    done = callback
    write.call(socket, chunk, encoding, forgive)
  }
  socket._writev = (chunks, callback) => {
    done = callback
    writev.call(socket, chunks, forgive)
  }
}

function isGone(error: NodeJS.ErrnoException | null | undefined): boolean {
  return error?.code === 'EPIPE' || error?.code === 'ECONNRESET'
}
