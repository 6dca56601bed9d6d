import type { IncomingHttpHeaders } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import { Readable } from 'node:stream'
import type { Conduct } from './conduct.ts'
import { type Http2Head, readHead } from './fields.ts'

export interface Http2Opening {
  readonly headers: IncomingHttpHeaders
  /** Flat, with pseudo-header fields. */
  readonly raw: readonly string[]
  readonly encrypted: boolean
  readonly conduct: Conduct
}

/**
 * A request that came on a stream of HTTP/2, in the shape that Node gives those of HTTP/1: with its head in their words, and
 * the body to be read from it. A body that does not come whole breaks off: it never ends.
 */
export class Http2Incoming extends Readable {
  readonly httpVersion = '2.0'
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly head: Http2Head
  /** All that is asked of a socket. The real one is shared with other requests, and must not be closed for one of them. */
  readonly socket: { readonly encrypted: boolean }
  /** Flat, of those that follow the body; empty before its end. */
  rawTrailers: readonly string[] = []
  bytesReceived = 0
  readonly conduct: Conduct
  readonly #stream: ServerHttp2Stream
  #reading = false

  constructor(stream: ServerHttp2Stream, { headers, raw, encrypted, conduct }: Http2Opening) {
    super()
    const head = readHead(raw)
    this.#stream = stream
    this.conduct = conduct
    this.head = head
    this.method = head.method
    this.url = head.target
    this.rawHeaders = head.rawHeaders
    this.headers = headers
    this.socket = { encrypted }
    if (head.host !== undefined) headers.host = head.host
    if (this.hasBody) this.#expectBody()
    else this.push(null)
  }

  get hasBody(): boolean {
    return !this.#stream.endAfterHeaders
  }

  /** Whether the reader of the body has taken all that has come, and waits for more. */
  get waiting(): boolean {
    return this.#reading && !this.readableEnded && !this.destroyed && !this.#stream.isPaused()
  }

  /** RFC 9110 10.1.1: the client is told to go on as soon as somebody wants the body. */
  get expectsContinue(): boolean {
    return this.hasBody && this.headers.expect?.toLowerCase() === '100-continue'
  }

  override _read(): void {
    if (this.#reading) this.#stream.resume()
    else if (this.hasBody) this.#begin()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // What is left of the body goes nowhere: the stream could not close with it.
    if (this.hasBody) this.#stream.removeAllListeners('data').resume()
    done(error)
  }

  /** The client has gone, or has broken off. */
  abort(): void {
    if (this.hasBody && !this.readableEnded) this.destroy(new Error('the client closed the stream'))
  }

  #expectBody(): void {
    this.on('error', ignore)
    // Trailers may have come before the body is read.
    this.#stream.on('trailers', (_fields: unknown, _flags: number, raw: readonly string[]) => {
      this.rawTrailers = raw
    })
  }

  #begin(): void {
    const stream = this.#stream
    this.#reading = true
    if (this.expectsContinue && !stream.destroyed && !stream.closed && !stream.headersSent)
      stream.additionalHeaders({ ':status': 100 })
    // Node ends an empty body by itself, before anybody reads it.
    if (stream.readableEnded) this.#end()
    else stream.on('end', () => this.#end())
    stream.on('data', (chunk: Buffer) => {
      this.bytesReceived += chunk.length
      this.conduct.body(chunk.length)
      if (!this.push(chunk)) stream.pause()
    })
  }

  #end(): void {
    // Node ends it for a client, too, that resets the stream with NO_ERROR.
    if (this.#stream.closed) this.abort()
    else this.push(null)
  }
}

/** The reader of the body has a listener of its own. */
function ignore(): void {}
