import type { Socket } from 'node:net'
import { BodyReader } from '../body-reader.ts'
import type { IncomingBody } from '../incoming-body.ts'
import { CONTINUE_WITHIN_MS } from '../limits.ts'
import type { UpstreamError, UpstreamRequest } from '../transport.ts'
import { lastChunk } from './trailers.ts'

/** Longer pieces are not copied. */
const JOINED_BYTES = 8192

/** Moves one request head and its body to the socket, framed, as fast as the socket takes it. */
export class RequestBody extends BodyReader {
  readonly #socket: Socket
  /** The head, for as long as it waits for what of the body has come with it. */
  #head: string
  /** Set while nothing is read, and for good when nothing will be. */
  #held: NodeJS.Timeout | undefined

  constructor(
    request: Pick<UpstreamRequest, 'bodyLength' | 'trailers'>,
    source: IncomingBody,
    head: string,
    socket: Socket,
    fail: (error: UpstreamError) => void,
  ) {
    super(request, source, fail)
    this.#head = head
    this.#socket = socket
  }

  /** The request is complete on the wire. */
  get whole(): boolean {
    return this.ended || this.written === this.length
  }

  override start(): void {
    super.start()
    this.#sendHead()
  }

  /** Instead of `start`: reads nothing before `proceed`, or until the instance has had its time to call for that. */
  hold(): void {
    this.#sendHead()
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
    const chunked = this.length === null
    const before = chunked ? `${this.#takeHead()}${chunk.length.toString(16)}\r\n` : this.#takeHead()
    const behind = chunked ? '\r\n' : ''
    const socket = this.#socket
    if (before === '') return socket.write(chunk)
    if (chunk.length <= JOINED_BYTES) return socket.write(before + latin1(chunk) + behind, 'latin1')
    socket.cork()
    socket.write(before, 'latin1')
    let takesMore = socket.write(chunk)
    if (chunked) takesMore = socket.write(behind, 'latin1')
    socket.uncork()
    return takesMore
  }

  protected sendEnd(): void {
    if (this.length === null) this.#socket.write(this.#takeHead() + lastChunk(this.trailers?.()), 'latin1')
  }

  #sendHead(): void {
    const head = this.#takeHead()
    if (head !== '') this.#socket.write(head, 'latin1')
  }

  #takeHead(): string {
    const head = this.#head
    this.#head = ''
    return head
  }
}

function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1')
}
