import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { type Downstream, type Ending, type Exchange, FieldNames, type ResponseHead } from '../../../proxy/index.ts'
import type { Reply, Witness } from '../../reply.ts'
import { reset } from '../../reset.ts'
import type { EverydayConnection } from './connection.ts'

const JOINED_BYTES = 8192
const OF_THE_CONNECTION = new FieldNames(['connection', 'transfer-encoding', 'keep-alive'])

export class EverydayReply implements Reply, Downstream {
  exchange!: Exchange
  headersSent = false
  destroyed = false
  statusCode = 0
  persistent = true
  readonly toHead: boolean
  readonly #connection: EverydayConnection
  readonly #socket: Socket
  readonly #keepAliveLines: string
  #witness!: Witness
  #head = ''
  #bodiless = false
  #chunked = false
  #ended = false
  #over = false
  #events: EventEmitter | undefined

  constructor(connection: EverydayConnection, socket: Socket, toHead: boolean, keepAliveLines: string) {
    this.#connection = connection
    this.#socket = socket
    this.toHead = toHead
    this.#keepAliveLines = keepAliveLines
  }

  carry(exchange: Exchange, witness: Witness): void {
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
    this.#socket.write(`${head}\r\n`, 'latin1')
  }

  sendWhole(status: number, reason: string, headers: readonly string[], body: Buffer): void {
    this.#makeHead(status, reason, headers, body.length)
    if (!this.#bodiless && body.length > 0 && !this.#chunked && body.length <= JOINED_BYTES) {
      const text = this.#head + body.toString('latin1', 0, body.length)
      this.#head = ''
      this.#socket.write(text, 'latin1')
    } else if (body.length > 0) this.write(body)
    this.finish([])
  }

  sendHead(status: number, reason: string, headers: readonly string[]): void {
    this.#makeHead(status, reason, headers, -1)
  }

  flush(): void {
    if (this.#head === '') return
    this.#socket.write(this.#head, 'latin1')
    this.#head = ''
  }

  write(chunk: Uint8Array): boolean {
    if (this.#bodiless || this.#ended || this.destroyed || chunk.length === 0) return true
    const socket = this.#socket
    socket.cork()
    this.flush()
    if (this.#chunked) socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1')
    let more = socket.write(chunk)
    if (this.#chunked) more = socket.write('\r\n', 'latin1')
    socket.uncork()
    return more
  }

  finish(trailers: readonly string[]): void {
    if (this.#ended || this.destroyed) return
    this.#ended = true
    if (this.#chunked && !this.#bodiless) {
      let end = '0\r\n'
      for (let i = 0; i < trailers.length; i += 2) end += `${trailers[i]}: ${trailers[i + 1]}\r\n`
      this.#head += `${end}\r\n`
    }
    this.flush()
    if (this.#socket.writableLength === 0) this.conclude(true)
    else this.#socket.write('', 'latin1', () => this.conclude(true))
  }

  breakOff(): void {
    if (this.#over) return
    if (this.#chunked) this.#socket.destroy()
    else reset(this.#socket)
  }

  on(event: string, listener: (...args: unknown[]) => void): this {
    this.#events ??= new EventEmitter()
    this.#events.on(event, listener)
    return this
  }
  once(event: string, listener: (...args: unknown[]) => void): this {
    this.#events ??= new EventEmitter()
    this.#events.once(event, listener)
    return this
  }
  off(event: string, listener: (...args: unknown[]) => void): this {
    this.#events?.off(event, listener)
    return this
  }

  drained(): void {
    this.#events?.emit('drain')
  }

  conclude(complete: boolean): void {
    if (this.#over) return
    this.#over = true
    this.destroyed = !complete
    const { exchange } = this
    const ending: Ending = complete ? 'complete' : exchange.upstreamBroke ? 'upstream-broke' : 'client-closed'
    if (!this.headersSent) exchange.code ??= 'GW_CLIENT_CLOSED'
    if (complete) exchange.finish()
    else exchange.closeByClient()
    this.#witness.finished(exchange, {
      status: this.headersSent ? this.statusCode : 499,
      bytes: exchange.peer?.takeBytesSent() ?? 0,
      durationMs: this.#witness.now() - exchange.startedMs,
      ending,
    })
    this.#events?.emit('close')
    if (complete) this.#connection.answered(this)
  }

  #makeHead(status: number, reason: string, headers: readonly string[], bodyBytes: number): void {
    let head = `HTTP/1.1 ${status} ${reason}\r\n`
    let dated = false
    let measured = false
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i]!
      if (OF_THE_CONNECTION.has(name)) continue
      head += `${name}: ${headers[i + 1]}\r\n`
      if (name.length === 4) dated ||= name.toLowerCase() === 'date'
      else if (name.length === 14) measured ||= name.toLowerCase() === 'content-length'
    }
    this.#bodiless = this.toHead || status === 204 || status === 304
    if (!dated) head += `Date: ${new Date().toUTCString()}\r\n`
    if (!measured && !this.#bodiless) {
      if (bodyBytes >= 0) head += `Content-Length: ${bodyBytes}\r\n`
      else {
        this.#chunked = true
        head += 'Transfer-Encoding: chunked\r\n'
      }
    }
    this.#head = head + (this.persistent ? this.#keepAliveLines : 'Connection: close\r\n\r\n')
    this.statusCode = status
    this.headersSent = true
  }
}
