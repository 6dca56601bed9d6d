import type { ClientHttp2Stream } from 'node:http2'
import type { Readable } from 'node:stream'
import { fault } from '../body-fault.ts'
import type { UpstreamError, UpstreamRequest } from '../transport.ts'
import { sendTrailers } from './repeated-fields.ts'
import { requestTrailers } from './request-head.ts'

/**
 * Moves one request body to its stream, as fast as flow control lets it (RFC 9113 5.2), and the trailers after it. Reads
 * from `start` to `stop` or its end, leaves no listener behind, and never destroys the source.
 */
export class RequestBody {
  readonly #source: Readable
  readonly #request: UpstreamRequest
  readonly #stream: ClientHttp2Stream
  readonly #fail: (error: UpstreamError) => void
  #written = 0
  #started = false
  #ended = false

  /** `fail` is called at most once, after which nothing more is written. */
  constructor(
    source: Readable,
    request: UpstreamRequest,
    stream: ClientHttp2Stream,
    fail: (error: UpstreamError) => void,
  ) {
    this.#source = source
    this.#request = request
    this.#stream = stream
    this.#fail = fail
  }

  /** Harmless when it has started. */
  start(): void {
    if (this.#started) return
    this.#started = true
    this.#stream.on('drain', this.#drained)
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
    // What has arrived already leaves together with the head.
    this.#source.read()
  }

  /** It will not start any more; one that has started goes on. */
  stopUnstarted(): void {
    this.#started = true
  }

  stop(): void {
    this.#stream.off('drain', this.#drained)
    this.#source.off('error', this.#broke).off('close', this.#closed).off('end', this.#end).off('data', this.#write)
    if (!this.#source.readableEnded) this.#source.pause()
  }

  /** Node asks for them when the body has left. */
  sendTrailers(): void {
    sendTrailers(this.#stream, requestTrailers(this.#request.trailers?.() ?? []))
  }

  readonly #drained = (): void => {
    if (!this.#ended) this.#source.resume()
  }

  readonly #write = (data: unknown): void => {
    const length = this.#request.bodyLength
    const chunk = typeof data === 'string' ? Buffer.from(data) : data
    if (!(chunk instanceof Uint8Array)) {
      this.#giveUp(fault('the body does not consist of bytes'))
    } else if (length !== null && this.#written + chunk.length > length) {
      this.#giveUp(fault(`the body is longer than the ${length} bytes promised`))
    } else if (chunk.length > 0) {
      this.#written += chunk.length
      if (!this.#stream.write(chunk)) this.#source.pause()
    }
  }

  readonly #end = (): void => {
    const length = this.#request.bodyLength
    if (length !== null && this.#written < length) {
      this.#giveUp(fault(`the body ended after ${this.#written} of ${length} bytes`))
      return
    }
    this.#ended = true
    this.stop()
    this.#stream.end()
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
