import type { OnReadOpts, Socket } from 'node:net'
import { giveOut, putBack, READ_BYTES, takeBuffer } from './read-buffers.ts'

/** What sockets read into whose input is small, one at a time. */
const SHARED = Buffer.allocUnsafeSlow(READ_BYTES)

/** From here on a buffer is not read into again before it has come back. */
const LARGE_BYTES = READ_BYTES / 2

const INLET = Symbol('inlet')

type Led = Socket & { [INLET]?: Inlet }

/** Takes what has come: lent, until it returns. Of what it keeps it makes its own by `toKeep`. */
type Receive = (chunk: Buffer) => void

/**
 * How input comes out of a plain socket: by a call, past the stream, and as long as it is small out of one buffer for all. As a
 * stream the socket would be given 64 KiB for each read, to cut off what was not needed of them.
 */
export class Inlet {
  /** For `net.connect`, and for `net.Socket` with a handle. */
  readonly onread: OnReadOpts
  #buffer = SHARED
  #take: (chunk: Buffer) => boolean = () => true

  constructor() {
    this.onread = {
      buffer: () => this.#buffer,
      callback: (bytes) => this.#take(this.#chunk(bytes)),
    }
  }

  /** From now on `receive` is told of all that comes. Nothing more is read once the socket is paused. */
  leadTo(socket: Socket, receive: Receive): void {
    this.#take = (chunk) => {
      receive(chunk)
      return !socket.isPaused()
    }
  }

  /** From now on the socket is a stream like all others, for somebody else to listen to. */
  leadInto(socket: Led): void {
    socket[INLET] = this
    this.#take = (chunk) => socket.push(toKeep(chunk))
  }

  /** While there is much to read the buffer itself is given away, and the next read has one of its own. */
  #chunk(bytes: number): Buffer {
    const buffer = this.#buffer
    if (bytes >= LARGE_BYTES) {
      this.#buffer = takeBuffer()
      return buffer === SHARED ? SHARED.subarray(0, bytes) : giveOut(buffer, bytes)
    }
    this.#buffer = SHARED
    const chunk = buffer.subarray(0, bytes)
    if (buffer === SHARED) return chunk
    const copy = Buffer.from(chunk)
    putBack(buffer)
    return copy
  }
}

/** By which a stream is filled, where it is not filled by Node. */
export function inletOf(socket: Led): Inlet | undefined {
  return socket[INLET]
}

/** What stays as it is: the chunk itself, or a copy of one that was lent. */
export function toKeep(chunk: Buffer): Buffer {
  if (chunk.buffer !== SHARED.buffer) return chunk
  if (chunk.length < LARGE_BYTES) return Buffer.from(chunk)
  const buffer = takeBuffer()
  chunk.copy(buffer)
  return giveOut(buffer, chunk.length)
}
