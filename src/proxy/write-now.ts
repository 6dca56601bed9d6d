import type { Socket } from 'node:net'
import { getSystemErrorName } from 'node:util'

/** Node's own names: what a socket has of the system, a write, and what there is to know of the last one. */
interface Handle {
  writeLatin1String(write: Write, text: string): number
}
interface Write {
  oncomplete?: (status: number) => void
}
interface Parts {
  readonly TCP: new () => Handle
  readonly WriteWrap: new () => Write
  readonly streamBaseState: Int32Array
  readonly kLastWriteWasAsync: number
}
type Writing = Socket & { readonly _handle?: Handle | null }
type Waiting = Socket & { readonly _handle?: { readonly writeQueueSize?: number } | null }

/** On which this has been tried. */
const MAJORS = ['20', '22', '24']

/** Each a constant of its own, for the JIT. */
const { TCP, WriteWrap, streamBaseState, kLastWriteWasAsync } = partsOfNode() ?? {}
let write: Write | undefined = WriteWrap && new WriteWrap()

/**
 * Writes text past the stream, if nothing else waits to be written: a stream makes several objects for each write, and calls
 * back in a later turn, though the kernel has all of it as a rule when the call returns. What it does not take at once leaves in
 * its order, and whatever goes wrong, goes wrong as with `socket.write`, which is also what is called where this is not to be had.
 *
 * @param text in latin1
 * @param whenLeft called as by `socket.write`, unless this returns true
 * @returns whether the kernel has all of it
 */
export function writeNow(socket: Writing, text: string, whenLeft?: (error?: Error | null) => void): boolean {
  if (!isFree(socket) || socket._handle!.writeLatin1String(write!, text) !== 0) {
    socket.write(text, 'latin1', whenLeft)
    return false
  }
  if (streamBaseState![kLastWriteWasAsync!] === 0) return true
  letLeave(socket, write!)
  write = new WriteWrap!()
  socket.write('', 'latin1', whenLeft) // Behind it, so that whoever wants to write more has to wait.
  return false
}

/** Whether something that was written, in whatever way, has not left. */
export function isWriting(socket: Waiting): boolean {
  return socket.writableLength > 0 || (socket._handle?.writeQueueSize ?? 0) > 0
}

function letLeave(socket: Socket, write: Write): void {
  write.oncomplete = (status) => {
    if (status < 0) socket.destroy(systemError(status))
  }
}

function isFree(socket: Writing): boolean {
  return TCP !== undefined && socket._handle instanceof TCP && socket.writableLength === 0 && socket.writable
}

function partsOfNode(): Parts | undefined {
  if (!MAJORS.includes(process.versions.node.split('.')[0]!)) return undefined
  const { binding } = process as unknown as { binding(name: string): Parts }
  try {
    return { ...binding('stream_wrap'), TCP: binding('tcp_wrap').TCP }
  } catch {
    return undefined // Forbidden, as by Node's permission model.
  }
}

function systemError(status: number): Error {
  const code = getSystemErrorName(status)
  return Object.assign(new Error(`write ${code}`), { errno: status, code, syscall: 'write' })
}
