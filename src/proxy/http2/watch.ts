import type { ClientHttp2Session } from 'node:http2'
import { violation } from '../violation.ts'

/** Silence after which a peer is no longer taken for alive. */
const SILENT_MS = 1000

/** How long calls may go on waiting for a peer that has not given the sign of life that it was asked for. */
const DOUBT_MS = 10_000

export interface WatchSettings {
  /** How long a sign of life may take. */
  readonly signTimeoutMs: number
  readonly idleTimeoutMs: number
}

export interface Watched {
  /** It has calls. */
  readonly busy: boolean
  /** The peer has given a sign of life. */
  answered(): void
  /** Takes no more calls, and lets those that it has end. */
  close(): void
}

/**
 * Whether the peer of a session still is there, and the session of use. Closes it when it has had no call for
 * `idleTimeoutMs`; destroys it when it is closed and nobody waits for anything, or when all waiting is in vain.
 *
 * A peer is asked for a sign of life with SETTINGS, which it has to acknowledge (RFC 9113 6.5.3): gRPC servers close a session,
 * with `too_many_pings`, that sends them PING more often than every five minutes (gRFC A8).
 */
export class Watch {
  readonly #http2: ClientHttp2Session
  readonly #settings: WatchSettings
  readonly #watched: Watched
  #heardAtMs = performance.now()
  #idleSinceMs = performance.now()
  #doubtedAtMs = Number.POSITIVE_INFINITY
  #asking = false
  /** Bytes that had been written before the peer was asked, and read when it had answered. */
  #writtenBefore = 0
  #readThen = 0

  constructor(http2: ClientHttp2Session, settings: WatchSettings, watched: Watched) {
    this.#http2 = http2
    this.#settings = settings
    this.#watched = watched
    const timer = setInterval(this.#look, Math.min(SILENT_MS, settings.idleTimeoutMs)).unref()
    http2.on('close', () => clearInterval(timer))
  }

  /** When a frame of a stream has come last, or a sign of life; monotonic. */
  get heardAtMs(): number {
    return this.#heardAtMs
  }

  /** The peer owes a sign of life. */
  get asking(): boolean {
    return this.#asking
  }

  /** A frame of a stream has come. */
  heard(): void {
    this.#heardAtMs = performance.now()
  }

  /** The last call has ended. */
  idle(): void {
    this.#idleSinceMs = performance.now()
  }

  /** Whether the peer can be taken for alive. If not, it is asked for a sign of life. */
  isAlive(): boolean {
    if (performance.now() - this.#heardAtMs < SILENT_MS) return true
    if (!this.#asking) this.#ask()
    return false
  }

  #ask(): void {
    this.#asking = true
    this.#writtenBefore = this.#http2.socket.bytesWritten
    const timer = setTimeout(this.#miss, this.#settings.signTimeoutMs)
    this.#http2.settings({}, (error) => {
      clearTimeout(timer)
      if (error) return
      this.#asking = false
      this.#doubtedAtMs = Number.POSITIVE_INFINITY
      this.#heardAtMs = performance.now()
      this.#readThen = this.#http2.socket.bytesRead
      this.#watched.answered()
    })
  }

  /**
   * nghttp2 gives a session up whose peer has broken a rule: it says GOAWAY, and neither reads nor writes any more. Node notices
   * nothing of it, not even that the peer closes the connection; what shows is that nothing is written. Otherwise a slow peer
   * looks like one that has vanished: its calls may wait a while, and new ones go elsewhere.
   */
  readonly #miss = (): void => {
    if (this.#http2.destroyed) return
    const written = this.#http2.socket.bytesWritten > this.#writtenBefore
    if (!written) this.#destroy('the instance broke the protocol of the session')
    else if (!this.#watched.busy) this.#destroy('the instance gives no sign of life')
    else {
      this.#doubtedAtMs = performance.now()
      this.#watched.close()
    }
  }

  readonly #look = (): void => {
    const http2 = this.#http2
    const nowMs = performance.now()
    if (http2.destroyed) return
    if (!this.#watched.busy) {
      if (http2.closed) http2.destroy()
      else if (!this.#asking && nowMs - this.#idleSinceMs >= this.#settings.idleTimeoutMs) this.#watched.close()
    } else if (this.#asking) {
      if (nowMs - this.#doubtedAtMs >= DOUBT_MS) this.#destroy('the instance gives no sign of life')
    } else if (nowMs - this.#heardAtMs >= SILENT_MS && http2.socket.bytesRead !== this.#readThen) this.#ask()
  }

  #destroy(reason: string): void {
    this.#watched.close()
    this.#http2.destroy(violation(reason))
  }
}
