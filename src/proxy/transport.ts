import type { Duplex } from 'node:stream'
import type { UpstreamConfig } from '../config/types.ts'
import type { Instance } from '../plugin/index.ts'
import type { Word } from './headers/word.ts'
import type { IncomingBody } from './incoming-body.ts'

/** Opens the way to one instance. What travels on it is HTTP; how is the transport's business. */
export interface Transport {
  /** Has no side effect until the first `send`. */
  open(instance: Instance, settings: UpstreamConfig): Upstream
}

/** One instance as seen from this process: its connections, at most `settings.connections`, and those who wait for one. */
export interface Upstream {
  /**
   * Sends one request. Never throws and never calls the listener before it has returned; every outcome is told to the
   * listener, which hears `onEnd` or `onError` exactly once, unless the call is aborted first.
   */
  send(request: UpstreamRequest, listener: UpstreamListener): UpstreamCall
  /** Lets running calls end, closes idle connections now and the others after their call. */
  close(): void
}

/** One request as it goes to an instance: routed, filtered, checked. */
export interface UpstreamRequest {
  readonly method: string
  /** Origin-form path and query, byte for byte. */
  readonly path: string
  /** Flat `[name, value, ...]` with exactly one host; no connection or framing fields but `te`: those are the transport's. */
  readonly headers: readonly string[]
  /** More of the header section, as lines of HTTP/1.1, known to be good: `\r\nname: value` each, each name once. */
  readonly lines: string
  /** The rest of the header section. null: that is all of it. */
  readonly word: Word | null
  /** null: no body. Read by the transport once the connection is there, never destroyed by it. */
  readonly body: IncomingBody | null
  /** Bytes of the body, 0 for an explicit empty one; null: not known before its end (chunked), or no body at all. */
  readonly bodyLength: number | null
  /** What may follow the body, asked for once that has ended: flat `[name, value, ...]`. null: nothing can. */
  readonly trailers: (() => readonly string[]) | null
  /** The protocol that the client asks to switch to, in lower case; such a request has no body. null: none. */
  readonly upgrade: string | null
  /**
   * The client sends the body only when it is told to go on, which it is when somebody reads the body. The transport asks the
   * instance first, and reads at its `100 Continue`, or when it has said nothing for a second. A final response instead
   * leaves the body unread.
   */
  readonly expectsContinue: boolean
}

export interface ResponseHead {
  readonly status: number
  readonly statusText: string
  /** As received: flat `[name, value, ...]` in latin1, order, case and duplicates kept. */
  readonly headers: readonly string[]
  /** The head of an everyday answer, ready to be sent on. */
  readonly plain?: PlainHead | undefined
}

/** A head that has nothing about it to think of twice, less what was about the connection, as HTTP/1.1 writes it. */
export interface PlainHead {
  /** The status line, then `name: value`, in latin1, each with its line end, checked. */
  readonly text: string
  /** Where in it the fields begin. */
  readonly fieldsAt: number
  /** What they say of it. */
  readonly contentLength: number
  readonly contentType: string | undefined
  readonly dated: boolean
}

export interface UpstreamListener {
  /**
   * A connection is there and the first byte goes out now: from here on a failure no longer means that nothing was sent.
   * `waited`: the connection was not there at once.
   */
  onSending(waited: boolean): void
  /** An interim response but 100 and 101, any number of times before the final head. */
  onInformation(head: ResponseHead): void
  /** The final response head. */
  onHead(head: ResponseHead): void
  /**
   * Instead of `onHead`: the instance has switched to the protocol that was asked for. From now on the tunnel is the listener's,
   * with nobody else's listeners on it; `rest` is what has come through it already. Neither `onEnd` nor `onError` follows.
   */
  onSwitch(head: ResponseHead, tunnel: Duplex, rest: Buffer): void
  /**
   * If there is one, it is told of an HTTP/1 body that is small and has come in one piece, behind a plain head: all of it, in latin1.
   * No `onData` is called then.
   */
  onText?(text: string): void
  /** The chunk belongs to the listener. Not called while paused. */
  onData(chunk: Buffer): void
  /** The body is complete by its own framing. */
  onEnd(trailers: readonly string[]): void
  /** The exchange broke. Before `onHead` nothing may have been answered; after it the body is incomplete. */
  onError(error: UpstreamError): void
}

export interface UpstreamCall {
  /** Stops reading the response body; the instance is slowed down by flow control. */
  pause(): void
  resume(): void
  /** Gives up: no listener call follows, and the connection or stream in use is closed. Harmless when the call has ended. */
  abort(): void
}

/**
 * What went wrong on the way to an instance.
 * - `connect`: no connection (refused, unreachable, name unknown, TLS failed, or not within `connectTimeoutMs`)
 * - `queue`: every connection is in use and too many calls wait
 * - `reset`: the connection broke
 * - `protocol`: what came is not a valid HTTP response
 * - `body`: the request body broke on the way in, which is the client's doing
 */
export class UpstreamError extends Error {
  readonly kind: 'connect' | 'queue' | 'reset' | 'protocol' | 'body'
  /** The connection had served before and broke without one byte of response: a keep-alive race, not a verdict on the instance. */
  readonly stale: boolean
  /** The instance has said that it did not look at the request (RFC 9113 8.7): it is as good as not sent. */
  readonly unprocessed: boolean

  constructor(
    kind: UpstreamError['kind'],
    message: string,
    { stale = false, unprocessed = false, cause }: { stale?: boolean; unprocessed?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause })
    this.name = 'UpstreamError'
    this.kind = kind
    this.stale = stale
    this.unprocessed = unprocessed
  }
}
