import type { ClientHttp2Stream } from 'node:http2'
import { BodyReader } from '../body-reader.ts'
import type { IncomingBody } from '../incoming-body.ts'
import type { UpstreamError, UpstreamRequest } from '../transport.ts'
import { sendTrailers } from './repeated-fields.ts'
import { requestTrailers } from './request-head.ts'

/** Moves one request body to its stream, as fast as flow control lets it (RFC 9113 5.2), and the trailers after it. */
export class RequestBody extends BodyReader {
  readonly #stream: ClientHttp2Stream
  #started = false

  constructor(
    source: IncomingBody,
    request: UpstreamRequest,
    stream: ClientHttp2Stream,
    fail: (error: UpstreamError) => void,
  ) {
    super(request, source, fail)
    this.#stream = stream
  }

  /** Harmless when it has started. */
  override start(): void {
    if (this.#started) return
    this.#started = true
    this.#stream.on('drain', this.#drained)
    super.start()
  }

  /** It will not start any more; one that has started goes on. */
  stopUnstarted(): void {
    this.#started = true
  }

  override stop(): void {
    this.#stream.off('drain', this.#drained)
    super.stop()
  }

  /** Node asks for them when the body has left. */
  sendTrailers(): void {
    sendTrailers(this.#stream, requestTrailers(this.trailers?.() ?? []))
  }

  protected send(chunk: Uint8Array): boolean {
    return this.#stream.write(chunk)
  }

  protected sendEnd(): void {
    this.#stream.end()
  }

  readonly #drained = (): void => this.resume()
}
