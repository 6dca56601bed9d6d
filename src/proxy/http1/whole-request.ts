import type { Socket } from 'node:net'
import { doneWhenWritten } from '../done-when-written.ts'
import type { IncomingBody } from '../incoming-body.ts'
import { writeNow } from '../write-now.ts'

/** Longer bodies are not copied. */
const JOINED_BYTES = 8192

/**
 * Writes a request that has no body, or one that is there as a whole.
 *
 * @param head in latin1
 * @returns false if the body is still to be read: then nothing is written
 */
export function writeWhole(socket: Socket, head: string, body: IncomingBody | null): boolean {
  if (body === null) {
    writeNow(socket, head)
    return true
  }
  const whole = body.takeWhole?.()
  if (whole === undefined) return false
  if (whole.length <= JOINED_BYTES) {
    writeNow(socket, head + whole.toString('latin1'))
    return true
  }
  socket.cork()
  socket.write(head, 'latin1')
  const takesMore = socket.write(whole)
  socket.uncork()
  doneWhenWritten(socket, whole, takesMore)
  return true
}
