import { ServerResponse } from 'node:http'
import { type Exchange, FieldNames } from '../proxy/index.ts'
import type { Result } from './access-log.ts'

export interface Witness {
  now(): number
  /** The last byte has left, or the connection is gone. Once per exchange. */
  finished(exchange: Exchange, result: Result): void
  /** What this server says about its idle connections, as header lines. */
  readonly keepAliveLines: string
}

/** Of a middleware's making, for Node to follow. */
const OF_THE_CONNECTION = new FieldNames(['connection', 'transfer-encoding'])

/** Longer bodies are not copied. */
const JOINED_BYTES = 8192

/** The server's response object, which knows the exchange that it answers and tells how it came out. */
export class Outgoing extends ServerResponse {
  exchange!: Exchange
  #witness!: Witness

  carry(exchange: Exchange, witness: Witness): void {
    this.exchange = exchange
    this.#witness = witness
    this.on('close', this.#close)
    if (!this.socket) this.#waitInLine()
  }

  /** Pipelined behind others. Node tells such a one nothing of a connection that closes before its turn comes. */
  #waitInLine(): void {
    const { socket } = this.req
    const gone = (): void => {
      this.destroy()
      this.emit('close')
    }
    socket.setMaxListeners(0).once('close', gone)
    this.once('socket', () => socket.off('close', gone))
  }

  /** In its turn: what Node is given earlier for a pipelined request, it sends behind the head of the final answer. */
  override writeContinue(callback?: () => void): void {
    if (this.socket) super.writeContinue(callback)
    else this.once('socket', () => this.headersSent || super.writeContinue(callback))
  }

  /**
   * Sends a whole answer. An everyday one, small and on a connection that stays, leaves as one string: Node would check
   * the fields again, and hand the socket two buffers to gather.
   *
   * `headers` are checked: by the transport that received them, or by Fetch.
   */
  sendWhole(status: number, reason: string, headers: readonly string[], body: Buffer): void {
    const head = this.#everydayHead(status, reason, headers, body.length)
    if (head === undefined) {
      this.writeHead(status, reason, headers as string[]) // Node's types know no flat list that is read-only
      this.end(body)
      return
    }
    this.statusCode = status
    // Where `writeHead` would have left the head, for `end` to send.
    const node = this as unknown as { _header: string }
    node._header = head + body.toString('latin1')
    this.end()
  }

  #everydayHead(status: number, reason: string, headers: readonly string[], bodyBytes: number): string | undefined {
    const { httpVersion, method } = this.req
    if (!this.shouldKeepAlive || httpVersion !== '1.1' || method === 'HEAD' || bodyBytes > JOINED_BYTES)
      return undefined
    let head = `HTTP/1.1 ${status} ${reason}\r\n`
    let length = ''
    let dated = false
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i]!
      const value = headers[i + 1]!
      head += `${name}: ${value}\r\n`
      if (name.length === 4) dated ||= name.toLowerCase() === 'date'
      else if (name.length === 14 && name.toLowerCase() === 'content-length') length = value
      else if (OF_THE_CONNECTION.has(name)) return undefined
    }
    // Without them Node has something to add.
    if (!dated || length !== String(bodyBytes)) return undefined
    return `${head}${this.#witness.keepAliveLines}\r\n`
  }

  #close(): void {
    const { exchange, writableFinished: complete } = this
    // Named here: whoever still works on the answer hears of it only after the exchange has been told as finished.
    if (!this.headersSent) exchange.code ??= 'GW_CLIENT_CLOSED'
    if (complete) exchange.finish()
    else exchange.closeByClient()
    this.#witness.finished(exchange, {
      status: this.headersSent ? this.statusCode : 499,
      bytes: exchange.peer?.takeBytesSent() ?? 0,
      durationMs: this.#witness.now() - exchange.startedMs,
      ending: complete ? 'complete' : exchange.upstreamBroke ? 'upstream-broke' : 'client-closed',
    })
  }
}
