import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import type { IncomingBody } from '../../../proxy/index.ts'
import type { Reply } from '../../reply.ts'
import { BodyWatch } from '../body-watch.ts'
import { boundRest } from '../linger.ts'

/** From here on the client has to wait until somebody reads. */
const MOST_HELD_BYTES = 64 * 1024

/**
 * A request body whose length was told, as its bytes come off the socket. Looks like a Node stream to whoever reads it, and does at
 * once what such a stream does a moment later.
 */
export class PlainBody extends EventEmitter implements IncomingBody {
  readonly socket: Socket
  /** No client waits to be asked for it. */
  readonly unasked = false
  destroyed = false
  errored: Error | null = null
  readableDidRead = false
  readableEnded = false
  readableFlowing: boolean | null = null
  /** Bytes that wait to be read. */
  readableLength = 0
  #missing: number
  #watch: BodyWatch | undefined
  #stopBounding: (() => void) | undefined
  #held: Buffer[] = []

  constructor(bytes: number, socket: Socket) {
    super()
    this.#missing = bytes
    this.socket = socket
  }

  /** All of it has come. */
  get complete(): boolean {
    return this.#missing === 0
  }

  get unshared(): boolean {
    return this.listenerCount('data') === 1
  }

  /**
   * Takes in what the client has sent; only before the body is complete.
   *
   * @returns what is not the body's any more
   */
  take(bytes: Buffer): Buffer | undefined {
    const own = bytes.length > this.#missing ? bytes.subarray(0, this.#missing) : bytes
    this.#missing -= own.length
    if (!this.destroyed) this.#hold(own)
    if (this.complete) this.#stopBounding?.()
    return own === bytes ? undefined : bytes.subarray(own.length)
  }

  /** Bounds how long it may stand still. */
  watch(reply: Reply, timeoutMs: number): void {
    reply.exchange.bodyWatched = true
    this.#watch = new BodyWatch(this, reply, timeoutMs)
  }

  /** The request is answered. What is missing is read for a while, to be out of the way of the next one (RFC 9112 9.6). */
  answered(): void {
    this.close()
    if (!this.complete) this.#stopBounding = boundRest(this.socket)
  }

  pause(): this {
    this.readableFlowing = false
    return this
  }

  resume(): this {
    this.readableFlowing = true
    this.#flow()
    return this
  }

  takeWhole(): Buffer | undefined {
    if (!this.complete || this.readableFlowing !== null || this.#held.length !== 1) return undefined
    this.readableFlowing = true
    this.readableDidRead = true
    this.readableEnded = true
    this.readableLength = 0
    return this.#held.pop()
  }

  /** `resume` has given all there is. */
  read(): null {
    return null
  }

  /** What waits to be read, which it goes on doing. */
  get held(): readonly Buffer[] {
    return this.#held
  }

  /** Nobody gets more of it; what the client still sends of it is taken, and thrown away. Harmless when it is closed. */
  close(cause: Error | null = null): void {
    if (this.destroyed) return
    this.destroyed = true
    this.errored = cause
    this.#watch?.answered()
    if (cause && this.listenerCount('error') > 0) this.emit('error', cause)
    this.emit('close')
    this.#held = []
    this.readableLength = 0
    this.#letCome()
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes)
    this.readableLength += bytes.length
    if (this.readableFlowing) this.#flow()
    else if (this.readableLength >= MOST_HELD_BYTES && !this.complete) this.socket.pause()
  }

  #flow(): void {
    while (this.readableFlowing && this.#held.length > 0) {
      const bytes = this.#held.shift()!
      this.readableLength -= bytes.length
      this.readableDidRead = true
      this.emit('data', bytes)
    }
    if (!this.readableFlowing || this.destroyed) return
    if (!this.complete) this.#letCome()
    else if (!this.readableEnded) {
      this.readableEnded = true
      this.emit('end')
    }
  }

  #letCome(): void {
    if (this.socket.isPaused()) this.socket.resume()
  }
}
