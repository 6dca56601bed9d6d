import { NO_TRAILERS } from '../headers/trailers.ts'
import { toKeep } from '../inlet.ts'
import { MAX_HEAD, MAX_INTERIM } from '../limits.ts'
import { doneWith } from '../read-buffers.ts'
import { LF } from '../tokens.ts'
import { type ResponseHead, UpstreamError } from '../transport.ts'
import { violation } from '../violation.ts'
import { ChunkedDecoder } from './chunked.ts'
import { INCOMPLETE, scanFields } from './fields.ts'
import { ResponseHeadParser } from './response-head.ts'
import { assertSwitchesTo } from './switch.ts'
import { takeTrailers } from './trailers.ts'

const MAX_TRAILERS = 16 * 1024
/** Longer bodies stay bytes. */
const TEXT_BYTES = 8192

/**
 * `more`: all input is used up. `continue` and `information`: a 100, another interim response. `text`, instead of `data`: all of a
 * small body that has come in one piece, behind a plain head. `end`, `switch`: said once, and nothing is read beyond it.
 */
export type ParserEvent = 'more' | 'continue' | 'information' | 'head' | 'text' | 'data' | 'end' | 'switch'

type State = 'head' | 'length' | 'chunked' | 'trailers' | 'until-close' | 'complete'

/**
 * Reads the responses of one connection, one at a time, however the bytes are split: `push` input, `read` events. Being
 * pulled, it keeps what a paused reader has not asked for. After a throw it must not be used again.
 */
export class ResponseParser {
  /** After `information`, `head` and `switch`. */
  head: ResponseHead = { status: 0, statusText: '', headers: [] }
  /** After `text`, in latin1. */
  text = ''
  /** After `data`. */
  chunk: Buffer = Buffer.alloc(0)
  /** After `end`. */
  trailers: readonly string[] = NO_TRAILERS
  /** At least one byte of the response has come. */
  started = false
  /** By rule the response has no body, whatever its head says: a peer that sends one nevertheless is still to be found out. */
  bodiless = false

  readonly #heads = new ResponseHeadParser()
  readonly #chunks = new ChunkedDecoder()
  #state: State = 'complete'
  #input = this.chunk
  #at = 0
  /** The input ends within a line, so looking at it again is of no use. */
  #waiting = false
  #toHead = false
  /** The body may be text, as far as one knows. */
  #takesText = false
  #upgrade: string | null = null
  #interim = 0
  #interimBytes = 0
  #left = 0

  /**
   * Expects the response to a request; `toHead`: to a HEAD request; `upgrade`: to one that asks to switch to this protocol;
   * `takesText`: somebody has a use for `text`.
   */
  reset(toHead: boolean, upgrade: string | null = null, takesText = false): void {
    this.started = this.bodiless = this.#waiting = false
    this.trailers = NO_TRAILERS
    this.#state = 'head'
    this.#toHead = toHead
    this.#takesText = takesText
    this.#upgrade = upgrade
    this.#interim = this.#interimBytes = 0
  }

  /** Nothing is left but to say `end`. */
  get complete(): boolean {
    return this.#state === 'complete'
  }

  /** Input has come that `read` has not used yet. */
  get pending(): boolean {
    return this.#at < this.#input.length
  }

  /** After `end`: the next response on this connection will be the answer to the next request. */
  get reusable(): boolean {
    return this.#heads.persistent && this.#state === 'complete' && !this.pending
  }

  /** How long the peer promises to keep the connection when idle; Infinity when it does not say. */
  get keepAliveMs(): number {
    return this.#heads.keepAliveMs
  }

  /** After `switch`: what has come behind the head, which is no HTTP any more. */
  takeRest(): Buffer {
    const rest = toKeep(this.#input.subarray(this.#at))
    this.#at = this.#input.length
    return rest
  }

  /** Of what was lent, that which has not been read: it stays. */
  keep(): void {
    this.#input = toKeep(this.#input.subarray(this.#at))
    this.#at = 0
  }

  /** @param input lent, until `keep` */
  push(input: Buffer): void {
    this.started = true
    if (!this.pending) {
      this.#input = input
      this.#waiting = false
    } else {
      if (input.includes(LF)) this.#waiting = false
      this.#input = Buffer.concat([this.#input.subarray(this.#at), input])
    }
    this.#at = 0
  }

  /** @throws UpstreamError `protocol` */
  read(): ParserEvent {
    if (this.#state === 'complete') return 'end'
    if (!this.pending) return 'more'
    switch (this.#state) {
      case 'head':
        return this.#readHead()
      case 'length':
        return this.#readLength()
      case 'chunked':
        return this.#readChunked()
      case 'trailers':
        return this.#readTrailers()
      case 'until-close':
        return this.#take(this.#input.length - this.#at)
    }
  }

  /**
   * The peer will send no more, and `read` has said `more`: returns when that completes the response.
   *
   * @throws UpstreamError `reset` when the response is cut short, `protocol` when it was not going to be valid anyway
   */
  finish(): void {
    if (this.#state === 'until-close') {
      this.#heads.persistent = false
      this.#state = 'complete'
      return
    }
    if (this.#state === 'head' && this.pending) this.#heads.parse(this.#input, this.#at)
    if (this.#state === 'trailers' && this.pending) scanFields(this.#input, this.#at)
    const where = this.#state !== 'head' ? 'within the body' : this.started ? 'within the head' : 'before a response'
    throw new UpstreamError('reset', `the connection was closed ${where}`)
  }

  #readHead(): ParserEvent {
    const end = this.#waiting ? INCOMPLETE : this.#heads.parse(this.#input, this.#at)
    if (end === INCOMPLETE) return this.#wait(MAX_HEAD)
    const bytes = end - this.#at
    if (bytes > MAX_HEAD) throw violation('a header section over the limit')
    this.#skipTo(end)
    this.head = this.#heads.head
    const { status } = this.head
    if (status < 200) return this.#readInterim(status, bytes)
    this.#state = this.#frame(status)
    return 'head'
  }

  #readInterim(status: number, bytes: number): ParserEvent {
    if (status === 101) {
      assertSwitchesTo(this.#upgrade, this.head.headers)
      this.#state = 'complete'
      return 'switch'
    }
    this.#interimBytes += bytes
    if (++this.#interim > MAX_INTERIM || this.#interimBytes > MAX_HEAD) throw violation('too many interim responses')
    return status === 100 ? 'continue' : 'information'
  }

  /** RFC 9112 6.3. */
  #frame(status: number): State {
    const { chunked, contentLength } = this.#heads
    this.bodiless = this.#toHead || status === 204 || status === 304
    if (this.bodiless || contentLength === 0) return 'complete'
    if (chunked) {
      this.#chunks.reset()
      return 'chunked'
    }
    this.#left = contentLength
    return contentLength > 0 ? 'length' : 'until-close'
  }

  #readLength(): ParserEvent {
    const bytes = this.#input.length - this.#at
    if (this.#takesText && this.head.plain && bytes === this.#left && bytes <= TEXT_BYTES) return this.#readText()
    this.#takesText = false
    const event = this.#take(Math.min(this.#left, bytes))
    this.#left -= this.chunk.length
    if (this.#left === 0) this.#state = 'complete'
    return event
  }

  /** It is not cut off, copied, and read later on. */
  #readText(): ParserEvent {
    this.text = this.#input.toString('latin1', this.#at)
    this.#skipTo(this.#input.length)
    this.#state = 'complete'
    return 'text'
  }

  #readChunked(): ParserEvent {
    const chunks = this.#chunks
    this.#skipTo(chunks.advance(this.#input, this.#at))
    if (chunks.last) {
      this.#state = 'trailers'
      return this.read()
    }
    if (!this.pending) return 'more'
    const event = this.#take(Math.min(chunks.left, this.#input.length - this.#at))
    chunks.took(this.chunk.length)
    return event
  }

  #readTrailers(): ParserEvent {
    const end = this.#waiting ? INCOMPLETE : scanFields(this.#input, this.#at)
    if (end === INCOMPLETE) return this.#wait(MAX_TRAILERS)
    if (end - this.#at > MAX_TRAILERS) throw violation('a trailer section over the limit')
    this.trailers = takeTrailers(this.#input)
    this.#skipTo(end)
    this.#state = 'complete'
    return 'end'
  }

  /** Over what nobody gets. */
  #skipTo(at: number): void {
    doneWith(this.#input, at - this.#at)
    this.#at = at
  }

  #take(bytes: number): ParserEvent {
    const whole = this.#at === 0 && bytes === this.#input.length
    this.chunk = whole ? this.#input : this.#input.subarray(this.#at, this.#at + bytes)
    this.#at += bytes
    return 'data'
  }

  #wait(limit: number): ParserEvent {
    if (this.#input.length - this.#at >= limit) throw violation('a header section over the limit')
    this.#waiting = true
    return 'more'
  }
}
