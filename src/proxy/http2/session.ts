import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionRequestOptions,
  constants,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { bodyFault } from '../http1/request-body.ts'
import { UpstreamError } from '../transport.ts'
import type { Call } from './call.ts'
import { CallStream, type StreamOwner } from './call-stream.ts'
import { faultOf } from './fault.ts'
import { combined } from './request-head.ts'

/** Silence after which a session has to answer a ping before it is trusted with a call. */
const SILENT_MS = 1000

/** Of the 2^30 streams that one session can have, so that it is replaced before it has none left (RFC 9113 5.1.1). */
const MOST_STREAMS = 2 ** 29

/** At once, whatever the peer allows. */
const MOST_AT_ONCE = 1024

export interface SessionOwner {
  /** It may have room for a call that it had not before. */
  freed(session: Session): void
  /** It takes no more calls. Those that it has end by themselves. Said once. */
  gone(session: Session): void
}

export interface SessionSettings {
  /** How long an answer to a ping may take. */
  readonly pingTimeoutMs: number
  readonly idleTimeoutMs: number
}

/** One connection to an instance, settled, and the calls that share it. */
export class Session implements StreamOwner {
  readonly #http2: ClientHttp2Session
  readonly #settings: SessionSettings
  readonly #owner: SessionOwner
  #streams = 0
  /** Streams there have been. */
  #served = 0
  #heardAtMs = performance.now()
  #idleSinceMs = performance.now()
  #idleTimer: NodeJS.Timeout | undefined
  #pinging = false
  #gone = false
  /** The last one that the peer has looked at, or will. */
  #lastStreamId = Number.POSITIVE_INFINITY
  #cause: unknown

  constructor(http2: ClientHttp2Session, settings: SessionSettings, owner: SessionOwner) {
    this.#http2 = http2
    this.#settings = settings
    this.#owner = owner
    http2
      .on('remoteSettings', () => this.#owner.freed(this))
      .on('goaway', (_code, lastStreamId) => this.#leave(lastStreamId))
      .on('error', (cause) => {
        this.#cause = cause
      })
      .on('close', () => this.#retire())
    this.#watchIdle()
  }

  get idle(): boolean {
    return this.#streams === 0
  }

  /** How many more calls it can take now; none while it is being asked whether it still is there. */
  get room(): number {
    if (this.#gone || this.#pinging || this.#http2.closed) return 0
    return Math.min(this.#http2.remoteSettings.maxConcurrentStreams ?? MOST_AT_ONCE, MOST_AT_ONCE) - this.#streams
  }

  /** Being asked whether it still is there. */
  get pinging(): boolean {
    return this.#pinging
  }

  /** Whether something has come from the peer of late; if not, it is asked for a sign of life, after which there is room again. */
  isAlive(): boolean {
    if (performance.now() - this.#heardAtMs < SILENT_MS) return true
    this.#ping()
    return false
  }

  /** Only with room. */
  run(call: Call): void {
    const fault = bodyFault(call.request)
    if (fault) {
      call.fail(fault)
      return
    }
    try {
      call.listener.onSending(call.waited)
      if (!call.over) this.#open(call)
    } catch (cause) {
      call.fail(new UpstreamError('reset', 'the request could not be sent', { cause }))
    }
  }

  /** Lets its calls end. */
  close(): void {
    this.#retire()
    if (!this.#http2.closed) this.#http2.close()
  }

  heard(): void {
    this.#heardAtMs = performance.now()
  }

  faultOf(stream: ClientHttp2Stream, sentAtMs: number, headed: boolean, cause: unknown): UpstreamError {
    const broken = this.#http2.destroyed
    return faultOf({
      unread: !headed && stream.id! > this.#lastStreamId,
      refused: !headed && stream.rstCode === constants.NGHTTP2_REFUSED_STREAM,
      // The peer had gone before the request came, and this side did not know.
      stale: !headed && broken && this.#served > 1 && this.#heardAtMs < sentAtMs,
      cause: (broken && this.#cause) || cause,
    })
  }

  freed(): void {
    this.#streams--
    this.#idleSinceMs = performance.now()
    if (this.#served >= MOST_STREAMS) this.close()
    else if (!this.#gone) this.#owner.freed(this)
  }

  #open(call: Call): void {
    const { body, trailers } = call.request
    const options = { endStream: body === null, waitForTrailers: body !== null && trailers !== null }
    const stream = this.#request(call.head!, options)
    this.#streams++
    this.#served++
    call.stream = new CallStream(call, stream, this)
    call.stream.start()
  }

  #request(head: OutgoingHttpHeaders, options: ClientSessionRequestOptions): ClientHttp2Stream {
    try {
      return this.#http2.request(head, options)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_HTTP2_HEADER_SINGLE_VALUE') throw error
      return this.#http2.request(combined(head), options)
    }
  }

  #leave(lastStreamId: number): void {
    this.#lastStreamId = Math.min(this.#lastStreamId, lastStreamId)
    this.#retire()
  }

  #retire(): void {
    if (this.#gone) return
    this.#gone = true
    clearTimeout(this.#idleTimer)
    this.#owner.gone(this)
  }

  #ping(): void {
    if (this.#pinging) return
    this.#pinging = true
    const timer = setTimeout(() => this.#pinged(false), this.#settings.pingTimeoutMs)
    this.#http2.ping((error) => {
      clearTimeout(timer)
      this.#pinged(error === null)
    })
  }

  #pinged(alive: boolean): void {
    if (!this.#pinging) return
    this.#pinging = false
    if (alive) {
      this.heard()
      this.#owner.freed(this)
    } else if (this.#streams > 0) {
      // They have time-outs of their own, and the peer may only be slow.
      this.close()
    } else {
      this.#retire()
      this.#http2.destroy()
    }
  }

  #watchIdle(afterMs = this.#settings.idleTimeoutMs): void {
    this.#idleTimer = setTimeout(() => {
      const leftMs = this.#idleSinceMs + this.#settings.idleTimeoutMs - performance.now()
      if (this.#streams > 0) this.#watchIdle()
      else if (leftMs > 0) this.#watchIdle(Math.ceil(leftMs))
      else this.close()
    }, afterMs).unref()
  }
}
