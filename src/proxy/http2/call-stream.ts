import { type ClientHttp2Stream, constants } from 'node:http2'
import { CONTINUE_WITHIN_MS, MAX_INTERIM } from '../limits.ts'
import { UpstreamError } from '../transport.ts'
import { listenerThrew, violation } from '../violation.ts'
import type { Http2Call } from './call.ts'
import { listen, type StreamListener } from './node-stream.ts'
import { RequestBody } from './request-body.ts'
import { resetStream } from './reset-stream.ts'
import { responseHead, responseTrailers } from './response-head.ts'

export interface StreamOwner {
  /** Something has come from the peer. */
  heard(): void
  /** Why the stream broke. `headed`: its response had begun. */
  faultOf(stream: ClientHttp2Stream, sentAtMs: number, headed: boolean, cause: unknown): UpstreamError
  /** The listener has heard the last of the call. Said once. */
  ended(): void
  /** The stream is closed, by RST_STREAM from either side, or as it should. Said once. */
  freed(reset: boolean): void
}

/** One call and its stream: tells the listener what comes, and sends the body. */
export class CallStream implements StreamListener {
  readonly #call: Http2Call
  readonly #stream: ClientHttp2Stream
  readonly #owner: StreamOwner
  readonly #sentAtMs = performance.now()
  #body: RequestBody | null = null
  #patience: NodeJS.Timeout | undefined
  #headed = false
  #interim = 0
  #whole = false
  #ended = false
  #trailers: readonly string[] = []
  /** What came just before the end, while the call was paused. */
  #held: Buffer[] = []
  #cause: unknown

  constructor(call: Http2Call, stream: ClientHttp2Stream, owner: StreamOwner) {
    this.#call = call
    this.#stream = stream
    this.#owner = owner
    listen(stream, this)
  }

  /** Sends the body, if there is one. */
  start(): void {
    const { request } = this.#call
    if (request.body === null) return
    this.#body = new RequestBody(request.body, request, this.#stream, (error) => this.fail(error))
    if (request.expectsContinue) this.#patience = setTimeout(() => this.#body?.start(), CONTINUE_WITHIN_MS)
    else this.#body.start()
  }

  pause(): void {
    this.#stream.pause()
  }

  /** The listener is not called before this has returned. */
  resume(): void {
    if (this.#held.length > 0) process.nextTick(this.#release)
    if (this.#headed) this.#stream.resume()
  }

  /** The call gives up. */
  abandon(): void {
    this.#detach()
    resetStream(this.#stream, constants.NGHTTP2_CANCEL)
  }

  onHeaders(fields: readonly string[]): void {
    if (this.#call.over) return
    this.#owner.heard()
    const head = responseHead(fields)
    if (++this.#interim > MAX_INTERIM) throw violation('too many interim responses')
    if (head.status === 100) this.#body?.start()
    else this.#call.listener.onInformation(head)
  }

  onResponse(fields: readonly string[]): void {
    const call = this.#call
    if (call.over) return
    this.#owner.heard()
    const head = responseHead(fields)
    if (head.status < 200) throw violation('an interim response that ends the stream')
    this.#headed = true
    clearTimeout(this.#patience)
    // A body that has not been asked for by now is not wanted.
    if (call.request.expectsContinue) this.#body?.stopUnstarted()
    if (call.paused) this.#stream.pause()
    call.listener.onHead(head)
  }

  onTrailers(fields: readonly string[]): void {
    this.#owner.heard()
    this.#trailers = responseTrailers(fields)
  }

  onData(chunk: Buffer): void {
    if (this.#call.over) return
    this.#owner.heard()
    if (this.#call.paused) this.#held.push(chunk)
    else this.#call.listener.onData(chunk)
  }

  /** Takes out what lies in the stream for a paused call: it would be thrown away with the session. */
  onWhole(): void {
    this.#whole = true
    if (!this.#headed || !this.#call.paused) return
    // Up to Node 24 all at once, then chunk by chunk.
    while (this.#stream.read() !== null);
  }

  onEnd(): void {
    this.#ended = true
    if (!this.#whole) this.#stream.destroy()
    else if (this.#held.length === 0) this.#complete()
  }

  onWantTrailers(): void {
    this.#body?.sendTrailers()
  }

  onError(cause: unknown): void {
    this.#cause = cause
  }

  onClose(): void {
    const isThere = this.#whole && this.#held.length > 0
    if (!this.#call.over && !isThere) this.fail(this.#fault())
    this.#owner.freed(this.#stream.rstCode !== constants.NGHTTP2_NO_ERROR)
  }

  /** Breaks the exchange, if it still goes on. */
  fail(error: unknown): void {
    if (this.#call.over) return
    this.abandon()
    this.#call.fail(error instanceof UpstreamError ? error : listenerThrew('stream', error))
  }

  readonly #release = (): void => {
    const call = this.#call
    try {
      while (this.#held.length > 0 && !call.paused && !call.over) call.listener.onData(this.#held.shift()!)
    } catch (error) {
      this.fail(error)
    }
    if (this.#held.length === 0 && this.#ended) this.#complete()
  }

  #fault(): UpstreamError {
    return this.#owner.faultOf(this.#stream, this.#sentAtMs, this.#headed, this.#cause)
  }

  #complete(): void {
    const call = this.#call
    if (call.over) return
    this.#detach()
    call.over = true
    // The instance has answered without waiting for all of the request: nobody reads the rest.
    if (!this.#stream.writableFinished) resetStream(this.#stream, constants.NGHTTP2_CANCEL)
    try {
      call.listener.onEnd(this.#trailers)
    } catch {}
  }

  #detach(): void {
    this.#call.carrier = null
    this.#owner.ended()
    clearTimeout(this.#patience)
    this.#body?.stop()
    this.#body = null
  }
}
