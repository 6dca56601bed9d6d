import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionRequestOptions,
  constants,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { bodyFault } from '../body-fault.ts'
import { UpstreamError } from '../transport.ts'
import { listenerThrew } from '../violation.ts'
import type { Http2Call } from './call.ts'
import { CallStream, type StreamOwner } from './call-stream.ts'
import { faultOf } from './fault.ts'
import { combined, isRepetition } from './repeated-fields.ts'
import { Watch, type Watched, type WatchSettings } from './watch.ts'

/** Of the 2^30 streams that one session can have, so that it is replaced before it has none left (RFC 9113 5.1.1). */
const MOST_STREAMS = 2 ** 29

/** For how long a peer may count a stream that it is told to be closed. */
const AFTER_RESET_MS = 50

/** At once, whatever the peer allows. */
const MOST_AT_ONCE = 1024

export interface SessionOwner {
  /** It may have room for a call that it had not before. */
  freed(session: Session): void
  /** It takes no more calls. Those that it has end by themselves. Said once. */
  gone(session: Session): void
}

/** One connection to an instance, settled, and the calls that share it. */
export class Session implements StreamOwner, Watched {
  readonly #http2: ClientHttp2Session
  readonly #owner: SessionOwner
  readonly #watch: Watch
  /** That Node has not closed yet. */
  #streams = 0
  /** Whose listener has not heard the last of them. */
  #calls = 0
  /** Streams there have been. */
  #served = 0
  #gone = false
  /** The last one that the peer has looked at, or will. */
  #lastStreamId = Number.POSITIVE_INFINITY
  #cause: unknown

  constructor(http2: ClientHttp2Session, settings: WatchSettings, owner: SessionOwner) {
    this.#http2 = http2
    this.#owner = owner
    this.#watch = new Watch(http2, settings, this)
    http2
      .on('remoteSettings', () => this.#tellRoom())
      .on('goaway', (_code, lastStreamId) => this.#leave(lastStreamId))
      .on('error', (cause) => {
        this.#cause = cause
      })
      .on('close', () => this.#retire())
  }

  get busy(): boolean {
    return this.#calls > 0
  }

  /** How many more calls it can take now; none while it is being asked for a sign of life. */
  get room(): number {
    if (this.#gone || this.#watch.asking || this.#http2.closed || this.#http2.destroyed) return 0
    return Math.min(this.#http2.remoteSettings.maxConcurrentStreams ?? MOST_AT_ONCE, MOST_AT_ONCE) - this.#streams
  }

  get asking(): boolean {
    return this.#watch.asking
  }

  /** If not, it has no room until it has given a sign of life. */
  isAlive(): boolean {
    return this.#watch.isAlive()
  }

  /** Only with room. */
  run(call: Http2Call): void {
    const fault = bodyFault(call.request)
    if (fault) {
      call.fail(fault)
      return
    }
    try {
      call.listener.onSending(call.waitingSinceMs > 0)
    } catch (cause) {
      call.fail(listenerThrew('stream', cause))
    }
    if (call.over) return
    try {
      this.#open(call)
    } catch (cause) {
      call.fail(new UpstreamError('reset', 'the request could not be sent', { unprocessed: true, cause }))
    }
  }

  /** Lets its calls end. */
  close(): void {
    this.#retire()
    if (!this.#http2.closed) this.#http2.close()
  }

  answered(): void {
    this.#tellRoom()
  }

  heard(): void {
    this.#watch.heard()
  }

  faultOf(stream: ClientHttp2Stream, sentAtMs: number, headed: boolean, cause: unknown): UpstreamError {
    const broken = this.#http2.destroyed
    const kept = this.#served > 1
    const unread = !headed && stream.id! > this.#lastStreamId
    return faultOf({
      unread,
      refused: !headed && stream.rstCode === constants.NGHTTP2_REFUSED_STREAM,
      stale: !headed && kept && (unread || (broken && this.#watch.heardAtMs < sentAtMs)),
      cause: (broken && this.#cause) || cause,
    })
  }

  ended(): void {
    this.#calls--
    if (this.#calls === 0) this.#watch.idle()
  }

  freed(reset: boolean): void {
    if (reset) setTimeout(this.#release, AFTER_RESET_MS).unref()
    else this.#release()
  }

  readonly #release = (): void => {
    this.#streams--
    if (this.#served >= MOST_STREAMS) this.close()
    else this.#tellRoom()
  }

  #open(call: Http2Call): void {
    const { body, trailers } = call.request
    const options = { endStream: body === null, waitForTrailers: body !== null && trailers !== null }
    const stream = this.#request(call.head!, options)
    this.#streams++
    this.#calls++
    this.#served++
    call.carrier = new CallStream(call, stream, this)
    call.carrier.start()
  }

  #request(head: OutgoingHttpHeaders, options: ClientSessionRequestOptions): ClientHttp2Stream {
    try {
      return this.#http2.request(head, options)
    } catch (error) {
      if (!isRepetition(error)) throw error
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
    this.#owner.gone(this)
  }

  #tellRoom(): void {
    if (!this.#gone) this.#owner.freed(this)
  }
}
