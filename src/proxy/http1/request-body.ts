import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { fault } from '../body-fault.ts'
import { CONTINUE_WITHIN_MS } from '../limits.ts'
import type { UpstreamError, UpstreamRequest } from '../transport.ts'
import { lastChunk } from './trailers.ts'

/**
 * Moves one request body to the socket, framed, as fast as the socket takes it. Reads from `start` to `stop` or its end,
 * leaves no listener behind, and never destroys the source.
 */
export class RequestBody {
  readonly #source: Readable
  readonly #length: number | null
  readonly #trailers: UpstreamRequest['trailers']
  readonly #socket: Socket
  readonly #fail: (error: UpstreamError) => void
  #written = 0
  #ended = false
  /** Set while nothing is read, and for good when nothing will be. */
  #held: NodeJS.Timeout | undefined

  /** `fail` is called at most once, after which nothing more is written. */
  constructor(
    { bodyLength, trailers }: Pick<UpstreamRequest, 'bodyLength' | 'trailers'>,
    source: Readable,
    socket: Socket,
    fail: (error: UpstreamError) => void,
  ) {
    this.#source = source
    this.#length = bodyLength
    this.#trailers = trailers
    this.#socket = socket
    this.#fail = fail
  }

  /** The request is complete on the wire. */
  get whole(): boolean {
    return this.#ended || this.#written === this.#length
  }

  /** Instead of `start`: reads nothing before `proceed`, or until the instance has had its time to call for that. */
  hold(): void {
    this.#held = setTimeout(() => this.proceed(), CONTINUE_WITHIN_MS)
  }

  proceed(): void {
    if (!this.#held) return
    clearTimeout(this.#held)
    this.#held = undefined
    this.start()
  }

  /** A body that is held is not wanted any more. */
  withhold(): void {
    clearTimeout(this.#held)
  }

  start(): void {
    if (this.#source.readableEnded) {
      this.#end()
      return
    }
    this.#source
      .on('error', this.#broke)
      .on('close', this.#closed)
      .on('end', this.#end)
      .on('data', this.#write)
      .resume()
    // What has arrived already leaves in one piece with the head.
    this.#source.read()
  }

  stop(): void {
    this.#source.off('error', this.#broke).off('close', this.#closed).off('end', this.#end).off('data', this.#write)
    clearTimeout(this.#held)
    // One that was never read stays as it is, for another attempt.
    if (!this.#held && !this.#source.readableEnded) this.#source.pause()
  }

  /** The socket takes more. */
  drained(): void {
    if (!this.#ended && !this.#held) this.#source.resume()
  }

  readonly #write = (data: unknown): void => {
    const chunk = typeof data === 'string' ? Buffer.from(data) : data
    if (!(chunk instanceof Uint8Array)) {
      this.#giveUp(fault('the body does not consist of bytes'))
    } else if (this.#length !== null && this.#written + chunk.length > this.#length) {
      this.#giveUp(fault(`the body is longer than the ${this.#length} bytes promised`))
    } else if (chunk.length > 0) {
      // An empty chunk would end a chunked body.
      this.#written += chunk.length
      const takesMore = this.#length === null ? this.#writeChunk(chunk) : this.#socket.write(chunk)
      if (!takesMore) this.#source.pause()
    }
  }

  #writeChunk(chunk: Uint8Array): boolean {
    const socket = this.#socket
    socket.cork()
    socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1')
    socket.write(chunk)
    const takesMore = socket.write('\r\n', 'latin1')
    socket.uncork()
    return takesMore
  }

  readonly #end = (): void => {
    if (this.#length !== null && this.#written < this.#length) {
      this.#giveUp(fault(`the body ended after ${this.#written} of ${this.#length} bytes`))
      return
    }
    this.#ended = true
    if (this.#length === null) this.#socket.write(lastChunk(this.#trailers?.()), 'latin1')
    this.stop()
  }

  readonly #broke = (cause: Error): void => {
    this.#giveUp(fault('the body broke off', cause))
  }

  readonly #closed = (): void => {
    this.#giveUp(fault('the body was closed early'))
  }

  #giveUp(error: UpstreamError): void {
    this.stop()
    this.#fail(error)
  }
}
