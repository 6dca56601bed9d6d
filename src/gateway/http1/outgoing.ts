import { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Downstream, type Ending, type Exchange, FieldNames, type ResponseHead } from '../../proxy/index.ts'
import type { Reply, Witness } from '../reply.ts'
import { reset } from '../reset.ts'
import type { BodyWatch } from './body-watch.ts'
import type { Underway } from './half-closed.ts'
import type { Incoming } from './incoming.ts'
import { lengthLast } from './length-last.ts'
import { enterLine, leaveLine } from './line.ts'
import { discardRest, isDeaf, leaveIfAnswered } from './linger.ts'

export interface Http1Witness extends Witness {
  /** What this server says about its idle connections, as header lines. */
  readonly keepAliveLines: string
}

/** Of a middleware's making, for Node to follow. */
const OF_THE_CONNECTION = new FieldNames(['connection', 'transfer-encoding'])

/** What a request that waits for its turn counts for among the output of its connection, of which Node holds a few only. */
const WAITING_BYTES = 1024

/** Node's own names. */
interface Queued {
  _onPendingData(bytes: number): void
  _last: boolean
}

/** Node's own names. */
interface Expectation {
  readonly _expect_continue: boolean
  _sent100: boolean
}

/** Longer bodies are not copied. */
const JOINED_BYTES = 8192

/** The server's response object, which knows the exchange that it answers and tells how it came out. */
export class Outgoing extends ServerResponse<Incoming> implements Reply, Downstream, Underway {
  exchange!: Exchange
  /** While the body of the request may still be on its way. */
  bodyWatch: BodyWatch | undefined
  #witness!: Http1Witness

  get toHead(): boolean {
    return this.req.method === 'HEAD'
  }

  get ended(): boolean {
    return this.writableEnded
  }

  /** `headersSent` says that it is made. */
  get headLeft(): boolean {
    const node = this as unknown as { readonly _headerSent: boolean }
    return node._headerSent
  }

  get chunked(): boolean {
    return this.chunkedEncoding
  }

  get toOldClient(): boolean {
    return this.req.httpVersion === '1.0'
  }

  carry(exchange: Exchange, witness: Http1Witness): void {
    this.exchange = exchange
    exchange.downstream = this
    this.#witness = witness
    this.once('close', this.#close)
    if (!this.socket) this.#waitInLine()
  }

  /** Pipelined behind others. Node tells such a one nothing of a connection that closes before its turn comes. */
  #waitInLine(): void {
    const { socket } = this.req
    const gone = (): void => {
      this.destroy()
      this.emit('close')
    }
    enterLine(socket)
    socket.setMaxListeners(0).once('close', gone)
    this.once('socket', () => {
      leaveLine(socket)
      socket.off('close', gone)
    })
  }

  /** The connection closes behind this answer, even if a middleware lets it say something else. */
  closeBehind(): void {
    this.shouldKeepAlive = false
    const node = this as unknown as Queued
    node._last = true
  }

  /** For a pipelined request that nobody works on yet. Before too many of them wait, Node stops reading. */
  whenInTurn(begin: () => void): void {
    const node = this as unknown as Queued
    node._onPendingData(WAITING_BYTES)
    this.once('socket', () => {
      node._onPendingData(-WAITING_BYTES)
      process.nextTick(() => {
        if (!this.req.socket.destroyed) begin()
      })
    })
  }

  /** Not to a client of HTTP/1.0 (RFC 9110 15.2), nor once the final head is out, nor while an earlier answer has the connection. */
  inform({ status, statusText, headers }: ResponseHead): void {
    const { socket, headersSent } = this
    if (headersSent || !socket?.writable || this.toOldClient) return
    let head = `HTTP/1.1 ${status} ${statusText}\r\n`
    for (let i = 0; i < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`
    socket.write(`${head}\r\n`, 'latin1')
  }

  /** The client does not wait with its body, though it says so. */
  expectNothing(): void {
    const node = this as unknown as Expectation
    node._sent100 = true
  }

  /** Tells a client that waits with its body to go on: at once, or when an earlier answer has left the connection to this one. */
  askForBody(): void {
    if (this.headersSent) return
    // What is written before would come behind the final head: Node puts that in front of all that waits.
    if (this.socket) this.writeContinue()
    else this.once('socket', () => this.askForBody())
  }

  /**
   * An everyday answer, small and on a connection that stays, leaves as one string: Node would check the fields again, and
   * hand the socket two buffers to gather.
   */
  sendWhole(status: number, reason: string, headers: readonly string[], body: Buffer): void {
    const head = this.#everydayHead(status, reason, headers, body.length)
    if (head === undefined) {
      this.sendHead(status, reason, headers)
      this.end(body)
      return
    }
    this.statusCode = status
    // Where `writeHead` would have left the head, for `end` to send.
    const node = this as unknown as { _header: string }
    node._header = head + body.toString('latin1')
    this.end()
  }

  sendHead(status: number, reason: string, headers: readonly string[]): void {
    this.writeHead(status, reason, lengthLast(headers) as string[]) // Node's types know no flat list that is read-only
  }

  /** By an empty buffer, since `flushHeaders` would write header bytes above 127 as UTF-8. */
  flush(): void {
    this.write(Buffer.alloc(0))
  }

  finish(trailers: readonly string[]): void {
    if (trailers.length > 0) this.addTrailers(pairs(trailers))
    this.end()
  }

  breakOff(): void {
    if (this.destroyed) return
    // In its turn: in Node 24 a response that is destroyed before would take the connection, and keep it.
    if (this.socket) this.#cut(this.socket)
    else this.once('socket', (socket) => this.#cut(socket))
    this.destroy()
  }

  #cut(socket: Socket): void {
    if (this.chunkedEncoding) socket.destroy()
    else reset(socket)
  }

  /** Node lets go of the connection here when the answer has left. */
  override detachSocket(socket: Socket): void {
    super.detachSocket(socket)
    if (!this.req.complete) discardRest(this.req, socket)
    // When Node has handed it to the next one in line, or closes it.
    if (isDeaf(socket)) process.nextTick(leaveIfAnswered, socket)
  }

  #everydayHead(status: number, reason: string, headers: readonly string[], bodyBytes: number): string | undefined {
    const { httpVersion, method } = this.req
    const { _expect_continue: expected, _sent100: asked } = this as unknown as Expectation
    if (expected && !asked) return undefined // Node will close: the body may come nevertheless
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

  protected get ending(): Ending {
    return this.writableFinished ? 'complete' : this.exchange.upstreamBroke ? 'upstream-broke' : 'client-closed'
  }

  #close(): void {
    const { exchange, ending } = this
    // Named here: whoever still works on the answer hears of it only after the exchange has been told as finished.
    if (!this.headersSent) exchange.code ??= 'GW_CLIENT_CLOSED'
    if (ending === 'complete') exchange.finish()
    else exchange.closeByClient()
    this.bodyWatch?.answered()
    this.#witness.finished(exchange, {
      status: this.headersSent ? this.statusCode : 499,
      bytes: exchange.peer?.takeBytesSent() ?? 0,
      durationMs: this.#witness.now() - exchange.startedMs,
      ending,
    })
  }
}

function pairs(flat: readonly string[]): [string, string][] {
  const list: [string, string][] = []
  for (let i = 0; i < flat.length; i += 2) list.push([flat[i]!, flat[i + 1]!])
  return list
}
