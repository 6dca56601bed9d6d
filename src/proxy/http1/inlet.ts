import type { OnReadOpts, Socket } from 'node:net'

const READ_BYTES = 64 * 1024

/** What sockets read into whose input is small, one at a time. */
const SHARED = Buffer.allocUnsafeSlow(READ_BYTES)

/** From here on a chunk is not copied. */
const LARGE_BYTES = READ_BYTES / 2

/**
 * How input comes out of a plain socket: by a call, past the stream, and as long as it is small out of one buffer for all. As a
 * stream the socket would be given 64 KiB for each read, to cut off what was not needed of them.
 */
export class Inlet {
  /** For `net.connect`. */
  readonly onread: OnReadOpts
  #buffer = SHARED
  #take: (chunk: Buffer) => boolean = () => true

  constructor() {
    this.onread = {
      buffer: () => this.#buffer,
      callback: (bytes) => this.#take(this.#chunk(bytes)),
    }
  }

  /** From now on `receive` is told of all that comes; each chunk is its own. Nothing more is read once the socket is paused. */
  leadTo(socket: Socket, receive: (chunk: Buffer) => void): void {
    this.#take = (chunk) => {
      receive(chunk)
      return !socket.isPaused()
    }
  }

  /** From now on the socket is a stream like all others, for somebody else to listen to. */
  leadInto(socket: Socket): void {
    this.#take = (chunk) => socket.push(chunk)
  }

  /** While there is much to read the buffer itself is given away, and the next read has one of its own. */
  #chunk(bytes: number): Buffer {
    const buffer = this.#buffer
    if (bytes < LARGE_BYTES) {
      this.#buffer = SHARED
      return Buffer.from(buffer.subarray(0, bytes))
    }
    this.#buffer = Buffer.allocUnsafeSlow(READ_BYTES)
    return buffer === SHARED ? Buffer.from(SHARED.subarray(0, bytes)) : buffer.subarray(0, bytes)
  }
}
