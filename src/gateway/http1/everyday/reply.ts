import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import {
  type Downstream,
  doneWhenWritten,
  type Ending,
  type Exchange,
  type PlainHead,
  type ResponseHead,
  writeNow,
} from '../../../proxy/index.ts'
import type { Reply } from '../../reply.ts'
import { reset } from '../../reset.ts'
import type { Underway } from '../half-closed.ts'
import type { Http1Witness } from '../outgoing.ts'
import { type AnswerHead, answerHead, assertText, plainAnswerHead } from './answer-head.ts'
import type { RequestHead } from './request-head.ts'

/** What an answer needs of its connection. */
export interface Carrier {
  readonly socket: Socket
  /** What the last write of an answer calls, unless that has left at once. */
  readonly lastHasLeft: (error?: Error | null) => void
  /** All of the answer has left. */
  answered(reply: EverydayReply, nowMs: number): void
}

/** Longer bodies are not copied. */
const JOINED_BYTES = 8192

const NO_TRAILERS: readonly string[] = []

type Listener = () => void

/** The answer to an everyday request, written on the socket itself. */
export class EverydayReply implements Omit<Reply, 'req'>, Downstream, Underway {
  exchange!: Exchange
  readonly toHead: boolean
  readonly toOldClient = false
  ended = false
  /** All of it has left. */
  complete = false
  /** The connection carries another request. */
  persistent: boolean
  #status = 0
  #witness!: Http1Witness
  readonly #carrier: Carrier
  #head: AnswerHead | undefined
  /** The head, for as long as it waits for what comes with it. */
  #waiting = ''
  /** Bytes of the body that are still to come, where that was told. */
  #left = 0
  /** All that was written. */
  #bytes = 0
  #over = false
  /** Made when somebody listens. */
  #events: EventEmitter | undefined

  constructor(carrier: Carrier, request: RequestHead) {
    this.#carrier = carrier
    this.toHead = request.method === 'HEAD'
    this.persistent = !request.closes
  }

  get headersSent(): boolean {
    return this.#head !== undefined
  }

  get headLeft(): boolean {
    return this.#head !== undefined && this.#waiting === ''
  }

  get chunked(): boolean {
    return this.#head?.chunked ?? false
  }

  get destroyed(): boolean {
    return this.#over || this.#carrier.socket.destroyed
  }

  carry(exchange: Exchange, witness: Http1Witness): void {
    this.exchange = exchange
    exchange.downstream = this
    this.#witness = witness
  }

  closeBehind(): void {
    this.persistent = false
  }

  inform({ status, statusText, headers }: ResponseHead): void {
    if (this.headersSent || this.destroyed) return
    let head = `HTTP/1.1 ${status} ${statusText}\r\n`
    for (let i = 0; i < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`
    this.#writeText(`${head}\r\n`)
  }

  sendWhole(status: number, reason: string, headers: readonly string[], body: Buffer): void {
    this.#begin(status, answerHead(status, reason, headers, this.toHead))
    this.#sendWhole(body)
  }

  sendPlain(status: number, head: PlainHead, body: Buffer | string): void {
    this.#begin(status, plainAnswerHead(status, head, this.toHead))
    this.#sendWhole(body)
  }

  sendHead(status: number, reason: string, headers: readonly string[]): void {
    assertText(reason, headers)
    this.#begin(status, answerHead(status, reason, headers, this.toHead))
  }

  flush(): void {
    const waiting = this.#takeWaiting()
    if (waiting !== '') this.#writeText(waiting)
  }

  write(chunk: Uint8Array): boolean {
    const { bodiless, chunked } = this.#head!
    if (bodiless || this.ended || this.destroyed || chunk.length === 0) return true
    if (!chunked && chunk.length > this.#left) {
      this.breakOff()
      return true
    }
    this.#left -= chunk.length
    const { socket } = this.#carrier
    const before = chunked ? `${this.#takeWaiting()}${chunk.length.toString(16)}\r\n` : this.#takeWaiting()
    this.#bytes += chunk.length
    if (before === '') return socket.write(chunk)
    socket.cork()
    this.#writeText(before)
    let wantsMore = socket.write(chunk)
    if (chunked) wantsMore = this.#writeText('\r\n')
    socket.uncork()
    return wantsMore
  }

  pass(chunk: Buffer): boolean {
    const wantsMore = this.write(chunk)
    doneWhenWritten(this.#carrier.socket, chunk, wantsMore)
    return wantsMore
  }

  finish(trailers: readonly string[]): void {
    if (this.ended || this.destroyed) return
    const { bodiless, chunked } = this.#head!
    if (!bodiless && !chunked && this.#left > 0) {
      this.breakOff()
      return
    }
    this.ended = true
    const { socket, lastHasLeft } = this.#carrier
    const rest = chunked ? this.#takeWaiting() + lastChunk(trailers) : this.#takeWaiting()
    this.#bytes += rest.length
    if (rest === '' && socket.writableLength === 0) this.conclude(true)
    else if (writeNow(socket, rest, lastHasLeft)) this.conclude(true)
  }

  breakOff(): void {
    if (this.ended || this.destroyed) return
    if (this.chunked) this.#carrier.socket.destroy()
    else reset(this.#carrier.socket)
    this.conclude(false)
  }

  /** @param complete all of it has left; otherwise the connection is gone */
  conclude(complete: boolean): void {
    if (this.#over) return
    this.#over = true
    this.complete = complete
    const { exchange } = this
    // Named here: whoever still works on the answer hears of it only after the exchange has been told as finished.
    if (!this.headersSent) exchange.code ??= 'GW_CLIENT_CLOSED'
    if (complete) exchange.finish()
    else exchange.closeByClient()
    const ending: Ending = complete ? 'complete' : exchange.upstreamBroke ? 'upstream-broke' : 'client-closed'
    const nowMs = this.#witness.now()
    this.#witness.finished(exchange, {
      status: this.headersSent ? this.#status : 499,
      bytes: this.#bytes,
      durationMs: nowMs - exchange.startedMs,
      ending,
    })
    this.#events?.emit('close')
    if (complete) this.#carrier.answered(this, nowMs)
  }

  /** The client takes more. */
  drained(): void {
    this.#events?.emit('drain')
  }

  on(event: 'drain' | 'close', listener: Listener): this {
    this.#events ??= new EventEmitter()
    this.#events.on(event, listener)
    return this
  }

  once(event: 'drain' | 'close', listener: Listener): this {
    this.#events ??= new EventEmitter()
    this.#events.once(event, listener)
    return this
  }

  off(event: 'drain' | 'close', listener: Listener): this {
    this.#events?.off(event, listener)
    return this
  }

  #begin(status: number, head: AnswerHead): void {
    if (head.closes) this.persistent = false
    this.#status = status
    this.#head = head
    this.#left = head.length
    this.#waiting = `${head.text}${this.persistent ? this.#witness.keepAliveLines : 'Connection: close\r\n'}\r\n`
  }

  #sendWhole(body: Buffer | string): void {
    if (body.length <= JOINED_BYTES && body.length === this.#left) {
      this.#waiting += typeof body === 'string' ? body : body.toString('latin1')
      this.#left = 0
    } else this.pass(typeof body === 'string' ? Buffer.from(body, 'latin1') : body)
    this.finish(NO_TRAILERS)
  }

  /** In latin1, in which each character is a byte. */
  #writeText(text: string): boolean {
    this.#bytes += text.length
    return this.#carrier.socket.write(text, 'latin1')
  }

  #takeWaiting(): string {
    const waiting = this.#waiting
    this.#waiting = ''
    return waiting
  }
}

function lastChunk(trailers: readonly string[]): string {
  let text = '0\r\n'
  for (let i = 0; i < trailers.length; i += 2) text += `${trailers[i]}: ${trailers[i + 1]}\r\n`
  return `${text}\r\n`
}
