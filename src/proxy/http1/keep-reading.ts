import type { Socket } from 'node:net'

type Done = (error?: Error | null) => void

/**
 * From now on a write that fails because the peer reads no more does not destroy the socket: what the peer has said before,
 * an answer to half a request, may still be unread. Reading comes to the end, or to the error, by itself.
 */
export function keepReading(socket: Socket): void {
  const write = socket._write
  const writev = socket._writev!
  socket._write = (chunk, encoding, done) => write.call(socket, chunk, encoding, forgiving(done))
  socket._writev = (chunks, done) => writev.call(socket, chunks, forgiving(done))
}

function forgiving(done: Done): Done {
  return (error) => done(isGone(error) ? null : error)
}

function isGone(error: NodeJS.ErrnoException | null | undefined): boolean {
  return error?.code === 'EPIPE' || error?.code === 'ECONNRESET'
}
