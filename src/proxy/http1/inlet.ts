import type { OnReadOpts, Socket } from 'node:net'

/** What all connections read into, one at a time. */
const SHARED = Buffer.allocUnsafeSlow(64 * 1024)

/**
 * How input comes out of a plain socket: by a call, past the stream, and out of one buffer for all. As a stream the socket would
 * be given 64 KiB for each read, to cut off what was not needed of them.
 */
export class Inlet {
  /** For `net.connect`. */
  readonly onread: OnReadOpts
  #take: (chunk: Buffer) => boolean = () => true

  constructor() {
    this.onread = {
      buffer: SHARED,
      callback: (bytes) => this.#take(Buffer.from(SHARED.subarray(0, bytes))),
    }
  }

  /** From now on `receive` is told of all that comes; each chunk is its own. Nothing more is read once the socket is paused. */
  leadTo(socket: Socket, receive: (chunk: Buffer) => void): void {
    this.#take = (chunk) => {
      receive(chunk)
      return !socket.isPaused()
    }
  }

  /** From now on the socket is a stream as any other, for somebody else to listen to. */
  leadInto(socket: Socket): void {
    this.#take = (chunk) => socket.push(chunk)
  }
}
