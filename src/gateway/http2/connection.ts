import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { LimitsConfig } from '../../config/types.ts'
import { Standstill } from '../standstill.ts'
import { Conduct } from './conduct.ts'
import { Ending } from './ending.ts'
import type { Http2Outgoing } from './outgoing.ts'

const { NGHTTP2_ENHANCE_YOUR_CALM } = constants

/** How long a client has to close in its turn. */
const GRACE_MS = 1000

/** A connection that always has a request in flight is closed at so many times its requests. */
const MOST_OVER = 2

/** One client's HTTP/2 connection: what it may do, and how it ends. */
export class Http2Connection {
  readonly conduct = new Conduct()
  readonly #session: ServerHttp2Session
  readonly #socket: Socket
  readonly #ending: Ending
  readonly #limits: LimitsConfig
  readonly #now: () => number
  readonly #open = new Set<Http2Outgoing>()
  readonly #sent = new Standstill()
  #streams = 0
  /** Since when nothing has been in flight. */
  #idleSinceMs: number
  #leaving = false
  /** The client has closed its side. */
  #heardLast = false
  #endedSinceMs: number | undefined

  constructor(session: ServerHttp2Session, socket: Socket, limits: LimitsConfig, now: () => number) {
    this.#session = session
    this.#socket = socket
    this.#limits = limits
    this.#now = now
    this.#idleSinceMs = now()
    session.on('error', ignore)
    this.#ending = new Ending(session)
    socket.once('end', () => this.#hearNoMore())
  }

  /** A request begins. @returns whether it is to be answered */
  opened(stream: ServerHttp2Stream, raw: readonly string[]): boolean {
    stream.on('error', ignore)
    if (!this.#ending.serves(stream.id!)) return false
    this.conduct.head(raw)
    this.#streams++
    if (!stream.destroyed) return true
    this.#ended(true)
    return false
  }

  /** @param outgoing answers what has been opened last */
  answering(outgoing: Http2Outgoing): void {
    this.#open.add(outgoing)
    if (this.#streams >= this.#limits.requestsPerConnection) this.leave()
    outgoing.once('close', () => {
      this.#open.delete(outgoing)
      this.#idleSinceMs = this.#now()
      this.#ended(outgoing.broken)
      if (this.#leaving && this.#open.size === 0) this.close()
    })
  }

  /**
   * Closes at the next moment at which nothing is in flight. Node's GOAWAY leaves aside all streams that come after it, so that a
   * client has to ask again what it has asked in between: fewest are in between now.
   */
  leave(): void {
    this.#leaving = true
    if (this.#open.size === 0 || this.#streams >= MOST_OVER * this.#limits.requestsPerConnection) this.close()
  }

  /** RFC 9113 6.8: tells which streams are served, lets them end, then closes. */
  close(): void {
    this.#ending.close()
  }

  /** Once a second: what takes too long, or is too much. */
  check(nowMs: number): void {
    const { destroyed } = this.#session
    const { begun } = this.#ending
    if (begun) this.#ending.closeWhenTold()
    if (this.#open.size === 0 && (begun || destroyed)) this.#checkEnd(nowMs)
    else if (!destroyed && this.conduct.saysTooMuch(this.#socket.bytesRead - this.#unread)) this.#calm()
    else if (this.#open.size === 0) this.#checkIdle(nowMs)
    else if (this.#stuckMs(nowMs) >= this.#patienceMs) this.#socket.destroy()
    for (const outgoing of this.#open) outgoing.check(nowMs, this.#limits)
  }

  /**
   * Half a connection takes no more requests, and completes none. Its client may have gone, which nothing would tell: what is
   * under way still leaves, but is not waited for.
   */
  #hearNoMore(): void {
    this.#heardLast = true
    for (const outgoing of this.#open) outgoing.hearNoMore()
    this.close()
  }

  /**
   * The session has ended, and the client has what is on its way to take, and then to close. Node would also wait for the rest of
   * a head of which only a part has come.
   */
  #checkEnd(nowMs: number): void {
    this.#endedSinceMs ??= nowMs
    const patienceMs = this.#socket.writableFinished ? GRACE_MS : this.#patienceMs
    if (nowMs - this.#endedSinceMs >= patienceMs) this.#socket.destroy()
  }

  /** How long it may take nothing. */
  get #patienceMs(): number {
    return this.#heardLast ? GRACE_MS : this.#limits.writeTimeoutMs
  }

  #checkIdle(nowMs: number): void {
    const { headerTimeoutMs, keepAliveTimeoutMs } = this.#limits
    const timeoutMs = this.#streams === 0 ? headerTimeoutMs : keepAliveTimeoutMs
    if (nowMs - this.#idleSinceMs >= timeoutMs) this.close()
  }

  /** How long nothing has left for the client though there is something to send: it takes nothing, or nghttp2 has given it up. */
  #stuckMs(nowMs: number): number {
    const waits = this.#heardLast || (this.#session.state.outboundQueueSize ?? 0) > 0
    return this.#sent.lasts(waits ? this.#socket.bytesWritten : -nowMs, nowMs)
  }

  /** Bytes of bodies that have come and wait for somebody to read them. */
  get #unread(): number {
    let bytes = 0
    for (const outgoing of this.#open) bytes += outgoing.unread
    return bytes
  }

  #ended(broken: boolean): void {
    this.conduct.ended(broken)
    if (this.conduct.breaksTooMuch) this.#calm()
  }

  #calm(): void {
    if (this.#session.destroyed) return
    this.#session.destroy(NGHTTP2_ENHANCE_YOUR_CALM as unknown as Error) // Node's types do not know the code alone
  }
}

/** What breaks ends with `close`, which is listened to. */
function ignore(): void {}
