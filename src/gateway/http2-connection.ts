import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { LimitsConfig } from '../config/types.ts'
import { Conduct } from './http2-conduct.ts'
import type { Http2Outgoing } from './http2-outgoing.ts'

const { NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_NO_ERROR } = constants

/** RFC 9113 6.8: no stream is refused yet. */
const LAST_OF_ALL_STREAMS = 2 ** 31 - 1

/** How long a client has to hear of the end: to open no more streams, and to close in its turn. */
const GRACE_MS = 1000

/** One client's HTTP/2 connection: what it may do, and how it ends. */
export class Http2Connection {
  readonly conduct = new Conduct()
  readonly #session: ServerHttp2Session
  readonly #socket: Socket
  readonly #limits: LimitsConfig
  readonly #open = new Set<Http2Outgoing>()
  #streams = 0
  /** Nothing is in flight since then. */
  #idleSinceMs: number
  #leavingSinceMs: number | undefined
  #endedSinceMs: number | undefined

  constructor(session: ServerHttp2Session, socket: Socket, limits: LimitsConfig, nowMs: number) {
    this.#session = session
    this.#socket = socket
    this.#limits = limits
    this.#idleSinceMs = nowMs
    session.on('error', ignore)
    // Half a connection takes no more requests.
    socket.once('end', () => this.close())
  }

  /** A request begins. @returns whether there still is somebody to answer */
  opened(stream: ServerHttp2Stream, raw: readonly string[], nowMs: number): boolean {
    this.conduct.head(raw)
    this.#streams++
    stream.on('error', ignore)
    if (this.#streams >= this.#limits.requestsPerConnection) this.leave(nowMs)
    if (!stream.destroyed) return true
    this.#ended(true)
    return false
  }

  /** @param outgoing answers what has been opened last */
  answering(outgoing: Http2Outgoing): void {
    this.#open.add(outgoing)
    outgoing.once('close', () => {
      this.#open.delete(outgoing)
      this.#idleSinceMs = performance.now()
      this.#ended(outgoing.broken)
    })
  }

  /** Asks the client to open no more streams. Those that it has opened before it hears of it are still served. */
  leave(nowMs: number): void {
    const session = this.#session
    if (this.#leavingSinceMs !== undefined || session.closed || session.destroyed) return
    this.#leavingSinceMs = nowMs
    session.goaway(NGHTTP2_NO_ERROR, LAST_OF_ALL_STREAMS)
    // Its answer comes from a client that has read the frame before it.
    session.ping(() => this.close())
  }

  /** Lets the streams in flight end, then closes. */
  close(): void {
    if (!this.#session.closed) this.#session.close()
  }

  /** Once a second: what takes too long, or is too much. */
  check(nowMs: number): void {
    if (this.#session.destroyed) this.#checkEnd(nowMs)
    else if (this.conduct.saysTooMuch(this.#socket.bytesRead - this.#unread)) this.#calm()
    else if (this.#leavingSinceMs !== undefined && nowMs - this.#leavingSinceMs >= GRACE_MS) this.close()
    else if (this.#open.size === 0) this.#checkIdle(nowMs)
    for (const outgoing of this.#open) outgoing.check(nowMs, this.#limits)
  }

  /** All is said: what is left is to be taken, and then for the client to close. */
  #checkEnd(nowMs: number): void {
    this.#endedSinceMs ??= nowMs
    const patienceMs = this.#socket.writableFinished ? GRACE_MS : this.#limits.writeTimeoutMs
    if (nowMs - this.#endedSinceMs >= patienceMs) this.#socket.destroy()
  }

  #checkIdle(nowMs: number): void {
    const { headerTimeoutMs, keepAliveTimeoutMs } = this.#limits
    const timeoutMs = this.#streams === 0 ? headerTimeoutMs : keepAliveTimeoutMs
    if (nowMs - this.#idleSinceMs >= timeoutMs) this.leave(nowMs)
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
