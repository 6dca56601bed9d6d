import type { Duplex } from 'node:stream'
import { type StallWatch, wasReset } from '../../proxy/index.ts'
import type { FrameTracker } from './frames.ts'

/**
 * One direction of a tunnel: bytes as they come, no faster than they are taken, and the end of them. Errors are for whoever
 * has the sockets.
 */
export class Flow {
  /** That have come. */
  bytes = 0
  /** All that the source had to say has come. */
  ended = false
  readonly #source: Duplex
  readonly #sink: Duplex
  readonly #watch: StallWatch
  readonly #frames: FrameTracker | undefined
  /** Takes the place of all that comes after the frame at hand. */
  #farewell: Buffer | undefined
  #muted = false
  #onClosed: (() => void) | undefined

  /** @param watch told whenever something comes @param frames where there are frames to follow */
  constructor(source: Duplex, sink: Duplex, watch: StallWatch, frames: FrameTracker | undefined) {
    this.#source = source
    this.#sink = sink
    this.#watch = watch
    this.#frames = frames
  }

  /** The source has sent a Close frame. */
  get closed(): boolean {
    return this.#frames?.closed ?? false
  }

  /** @param first what has come already */
  start(first: Buffer): void {
    const [source, sink] = [this.#source, this.#sink]
    if (first.length > 0) this.#receive(first)
    sink.on('drain', () => source.resume())
    source.on('data', this.#receive).on('end', this.#end)
    if (sink.writableNeedDrain) source.pause()
    else source.resume()
  }

  /** Nothing more is passed on; what comes is thrown away, so that its end is seen. */
  mute(): void {
    this.#muted = true
    this.#source.resume()
  }

  /**
   * Says goodbye in the name of the source, after the frame at hand.
   *
   * @param onClosed called when a Close frame of the source follows
   */
  leave(farewell: Buffer, onClosed: () => void): void {
    this.#farewell = farewell
    this.#onClosed = onClosed
    if (this.#frames!.atBoundary) this.#sayFarewell()
  }

  readonly #receive = (chunk: Buffer): void => {
    this.bytes += chunk.length
    this.#watch.moved = true
    if (this.#muted) this.#listen(chunk)
    else if (this.#farewell) this.#passLastFrame(chunk)
    else {
      if (this.#frames) follow(this.#frames, chunk)
      this.#pass(chunk)
    }
  }

  readonly #end = (): void => {
    // Of a connection that we have ended before, the kernel knows no peer in any case.
    if (!this.#source.writableEnded && wasReset(this.#source)) {
      this.#source.destroy()
      return
    }
    this.ended = true
    this.#sink.end()
  }

  #pass(chunk: Buffer): void {
    if (!this.#sink.write(chunk)) this.#source.pause()
  }

  #passLastFrame(chunk: Buffer): void {
    const end = this.#frames!.advance(chunk, 0)
    this.#pass(chunk.subarray(0, end))
    if (!this.#frames!.atBoundary) return
    this.#sayFarewell()
    this.#listen(chunk.subarray(end))
  }

  #sayFarewell(): void {
    this.mute()
    if (this.#sink.writable) this.#sink.write(this.#farewell)
  }

  #listen(chunk: Buffer): void {
    if (!this.#frames || this.#frames.closed) return
    follow(this.#frames, chunk)
    if (this.#frames.closed) this.#onClosed?.()
  }
}

function follow(frames: FrameTracker, chunk: Buffer): void {
  for (let at = 0; at < chunk.length; ) at = frames.advance(chunk, at)
}
