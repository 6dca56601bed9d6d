import type { Socket } from 'node:net'
import { BodyReader } from '../body-reader.ts'
import { doneWhenWritten } from '../done-when-written.ts'
import type { IncomingBody } from '../incoming-body.ts'
import { CONTINUE_WITHIN_MS } from '../limits.ts'
import type { UpstreamError, UpstreamRequest } from '../transport.ts'
import { lastChunk } from './trailers.ts'

/** Moves one request body to the socket, framed, as fast as the socket takes it. */
export class RequestBody extends BodyReader {
  readonly #socket: Socket
  /** Set while nothing is read, and for good when nothing will be. */
  #held: NodeJS.Timeout | undefined

  constructor(
    request: Pick<UpstreamRequest, 'bodyLength' | 'trailers'>,
    source: IncomingBody,
    socket: Socket,
    fail: (error: UpstreamError) => void,
  ) {
    super(request, source, fail)
    this.#socket = socket
  }

  /** The request is complete on the wire. */
  get whole(): boolean {
    return this.ended || this.written === this.length
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

  override stop(): void {
    clearTimeout(this.#held)
    super.stop()
  }

  /** The socket takes more. */
  drained(): void {
    if (!this.#held) this.resume()
  }

  protected send(chunk: Uint8Array): boolean {
    const takesMore = this.length === null ? this.#sendChunk(chunk) : this.#socket.write(chunk)
    if (this.source.unshared) doneWhenWritten(this.#socket, chunk, takesMore)
    return takesMore
  }

  protected sendEnd(): void {
    if (this.length === null) this.#socket.write(lastChunk(this.trailers?.()), 'latin1')
  }

  #sendChunk(chunk: Uint8Array): boolean {
    const socket = this.#socket
    socket.cork()
    socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1')
    socket.write(chunk)
    const takesMore = socket.write('\r\n', 'latin1')
    socket.uncork()
    return takesMore
  }
}
