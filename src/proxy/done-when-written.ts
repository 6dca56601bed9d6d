import type { Socket } from 'node:net'
import { doneWith } from './read-buffers.ts'

const LEAVING = Symbol('leaving')

type Writing = Socket & { [LEAVING]?: Uint8Array[] | undefined }

/**
 * Right behind the write of a chunk that nobody else needs: is done with it as soon as the socket is.
 *
 * @param wantsMore what the write has said: when it is false, `drain` follows
 */
export function doneWhenWritten(socket: Writing, chunk: Uint8Array, wantsMore: boolean): void {
  if (socket.writableLength === 0) doneWith(chunk)
  else if (!wantsMore) waitToLeave(socket, chunk)
}

function waitToLeave(socket: Writing, chunk: Uint8Array): void {
  const leaving = socket[LEAVING]
  if (leaving) {
    leaving.push(chunk)
    return
  }
  socket[LEAVING] = [chunk]
  socket.once('drain', drained)
}

function drained(this: Writing): void {
  const leaving = this[LEAVING]!
  this[LEAVING] = undefined
  for (const chunk of leaving) doneWith(chunk)
}
