import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { LimitsConfig } from '../../config/types.ts'
import { GatewayError } from '../../errors.ts'
import { type Downstream, type Exchange, type ResponseHead, resetStream, sendTrailers } from '../../proxy/index.ts'
import { flatFields } from '../flat-fields.ts'
import { isGrpc } from '../grpc.ts'
import { answer } from '../refusal.ts'
import type { Reply, Witness } from '../reply.ts'
import { Standstill } from '../standstill.ts'
import type { Http2Incoming } from './incoming.ts'
import { fieldsOf, inform, respond } from './sending.ts'

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } = constants

/** Between two looks whether the last frame of an answer has left. */
const LAST_FRAME_MS = 5

/** The answer on a stream of HTTP/2, for our own use as a `Reply` and for the Node server adapter as what it takes for Node's. */
export class Http2Outgoing implements Reply, Downstream {
  exchange!: Exchange
  statusCode = 0
  readonly toHead: boolean
  readonly #stream: ServerHttp2Stream
  readonly req: Http2Incoming
  #witness!: Witness
  #bodiless = false
  #ended = false
  #brokenOff = false
  #concluded = false
  readonly #taken = new Standstill()
  readonly #given = new Standstill()
  #bytes = 0
  #trailers: readonly string[] = []
  /**
   * The head of an answer that the adapter writes, held back until it is known whether a body follows: without one the head has to end
   * the stream, since a client of gRPC reads the status from such a head only.
   */
  #head: OutgoingHttpHeaders | undefined

  constructor(stream: ServerHttp2Stream, incoming: Http2Incoming) {
    this.#stream = stream
    this.req = incoming
    this.toHead = incoming.method === 'HEAD'
  }

  get headersSent(): boolean {
    return this.#head !== undefined || this.#stream.headersSent
  }

  get destroyed(): boolean {
    return this.#stream.destroyed || this.#stream.closed
  }

  get writable(): boolean {
    return !this.#ended && !this.destroyed
  }

  /** All of the answer has left. */
  get writableFinished(): boolean {
    // Node closes a stream that both sides have ended before it says `finish`.
    return (
      this.#ended && this.#stream.rstCode === NGHTTP2_NO_ERROR && (this.#stream.closed || this.#stream.writableFinished)
    )
  }

  carry(exchange: Exchange, witness: Witness): void {
    this.exchange = exchange
    this.#witness = witness
    exchange.downstream = this
    this.#stream.once('aborted', () => this.req.abort()).once('close', () => this.#conclude())
  }

  closeBehind(): void {}

  inform({ status, headers }: ResponseHead): void {
    if (this.destroyed || this.headersSent || status === 101) return
    inform(this.#stream, status, headers)
  }

  sendWhole(status: number, _reason: string, headers: readonly string[], body: Buffer): void {
    this.#respond(status, fieldsOf(headers), { endStream: body.length === 0 })
    this.end(body)
  }

  sendHead(status: number, _reason: string, headers: readonly string[]): void {
    this.#respond(status, fieldsOf(headers), { waitForTrailers: true })
    if (!this.#bodiless) this.#stream.once('wantTrailers', () => this.#sendTrailers())
  }

  /** The head never waits. */
  flush(): void {}

  write(chunk: Uint8Array | string): boolean {
    this.flushHeaders()
    if (this.#bodiless || this.#ended || this.destroyed) return true
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    this.#bytes += bytes.length
    this.req.conduct.body(bytes.length)
    return this.#stream.write(bytes)
  }

  finish(trailers: readonly string[]): void {
    this.#trailers = trailers
    this.end()
  }

  end(body?: Uint8Array | string): void {
    if (this.#ended || this.destroyed) return
    if (body !== undefined && body.length > 0) this.write(body)
    else this.flushHeaders(true)
    this.#ended = true
    if (this.req.hasBody) this.#stream.once('finish', () => setImmediate(() => this.#stopUpload()))
    if (!this.#stream.writableEnded) this.#stream.end()
  }

  breakOff(): void {
    this.#reset(NGHTTP2_INTERNAL_ERROR)
  }

  /** The client will send no more: a request that is not whole never will be. */
  hearNoMore(): void {
    if (this.req.hasBody && !this.destroyed && this.#stream.state.remoteClose !== 1) this.#reset(NGHTTP2_CANCEL)
  }

  /** The client has broken it off, or has made Node do so, before the answer was complete. */
  get broken(): boolean {
    return !this.#brokenOff && !this.writableFinished
  }

  /** Bytes of the request body that nobody has read yet. */
  get unread(): number {
    return this.#stream.readableLength
  }

  /** Once a second: whether the client has come to a standstill. */
  check(nowMs: number, { bodyTimeoutMs, writeTimeoutMs }: LimitsConfig): void {
    const { bufferSize } = this.#stream
    const writingMs = this.#taken.lasts(this.#bytes - bufferSize, nowMs)
    const readingMs = this.#given.lasts(this.req.waiting ? this.req.bytesReceived : -1, nowMs)
    if (bufferSize > 0 && writingMs >= writeTimeoutMs) this.#reset(NGHTTP2_CANCEL)
    else if (readingMs >= bodyTimeoutMs && this.#mustSend) this.#giveUp()
  }

  /** A stream of gRPC may be silent for as long as its client likes, which has a deadline of its own. */
  get #mustSend(): boolean {
    return this.req.waiting && !this.headersSent && !isGrpc(this.exchange.header('content-type'))
  }

  #giveUp(): void {
    // For a middleware that reads the body by itself, and waits on.
    if (this.exchange.stopped === 'stalled')
      answer(this, new GatewayError('GW_REQUEST_TIMEOUT', 'the request body stopped coming'))
    else this.exchange.stall()
  }

  /** As the adapter calls it. */
  writeHead(status: number, fields: OutgoingHttpHeaders = {}): this {
    this.statusCode = status
    this.#head = fieldsOf(flatFields(fields))
    return this
  }

  /** As the adapter calls it. */
  flushHeaders(endStream = false): void {
    const head = this.#head
    this.#head = undefined
    if (head) this.#respond(this.statusCode, head, { endStream })
  }

  /** As the adapter calls it. */
  destroy(): void {
    this.breakOff()
  }

  on(event: string, listener: (...args: unknown[]) => void): this {
    this.#stream.on(event, listener)
    return this
  }

  once(event: string, listener: (...args: unknown[]) => void): this {
    this.#stream.once(event, listener)
    return this
  }

  off(event: string, listener: (...args: unknown[]) => void): this {
    this.#stream.off(event, listener)
    return this
  }

  #respond(
    status: number,
    fields: OutgoingHttpHeaders,
    options: { endStream?: boolean; waitForTrailers?: boolean },
  ): void {
    if (this.destroyed) return
    this.statusCode = status
    this.#bodiless = this.toHead || status === 204 || status === 205 || status === 304
    respond(this.#stream, status, fields, this.#bodiless ? { endStream: true } : options)
  }

  #reset(code: number): void {
    if (this.destroyed) return
    this.#brokenOff = true
    resetStream(this.#stream, code)
  }

  /** Node asks for them when the body has left, and nobody would catch what is thrown here. */
  #sendTrailers(): void {
    if (this.destroyed) return
    try {
      sendTrailers(this.#stream, fieldsOf(this.#trailers))
    } catch {
      this.breakOff()
    }
  }

  /** RFC 9113 8.1: nobody reads what is left of the request. */
  #stopUpload(): void {
    // Node says `finish` before END_STREAM has left, and before there are trailers: a reset would overtake them.
    if (!this.destroyed && this.#stream.state.localClose !== 1) {
      setTimeout(() => this.#stopUpload(), LAST_FRAME_MS)
      return
    }
    this.#conclude()
    if (!this.destroyed) this.#stream.close(NGHTTP2_NO_ERROR)
  }

  /** Once. */
  #conclude(): void {
    if (this.#concluded) return
    this.#concluded = true
    const { exchange, writableFinished: complete } = this
    // Named here: whoever still works on the answer hears of it only after the exchange has been told as finished.
    if (!this.headersSent) exchange.code ??= 'GW_CLIENT_CLOSED'
    if (complete) exchange.finish()
    else exchange.closeByClient()
    this.#witness.finished(exchange, {
      status: this.headersSent ? this.statusCode : 499,
      bytes: this.#bytes,
      durationMs: this.#witness.now() - exchange.startedMs,
      ending: complete ? 'complete' : exchange.upstreamBroke ? 'upstream-broke' : 'client-closed',
    })
    this.req.abort()
  }
}
