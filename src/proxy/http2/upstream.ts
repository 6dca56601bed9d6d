import type { OutgoingHttpHeaders } from 'node:http2'
import type { UpstreamConfig } from '../../config/types.ts'
import type { Instance } from '../../plugin/index.ts'
import type { TlsRoute } from '../../tls/index.ts'
import { Call, type CallOwner } from '../call.ts'
import type { DialOptions } from '../dial.ts'
import { MAX_WAITING } from '../limits.ts'
import {
  type Upstream,
  type UpstreamCall,
  UpstreamError,
  type UpstreamListener,
  type UpstreamRequest,
} from '../transport.ts'
import { atEndOfTurn } from '../turn.ts'
import { violation } from '../violation.ts'
import type { Http2Call } from './call.ts'
import type { CallStream } from './call-stream.ts'
import { handshake } from './handshake.ts'
import { type Origin, requestHead } from './request-head.ts'
import { Session, type SessionOwner } from './session.ts'
import type { WatchSettings } from './watch.ts'

/** After a refusal, while sessions may still have room for those who wait. */
const REDIAL_MS = 100

/**
 * The sessions with one instance. A call takes the first one that has room, or waits, first come first served, for whichever
 * comes first: room in one of them, or a new one while there are fewer than `settings.connections`.
 *
 * Nobody waits in vain: as long as a call waits, a session is full, asked for a sign of life, or on its way. One that takes no
 * more calls is no longer counted, however long its last ones take.
 */
export class Http2Upstream implements Upstream, SessionOwner, CallOwner<OutgoingHttpHeaders, CallStream> {
  readonly #instance: Instance
  readonly #dialOptions: DialOptions
  readonly #watchSettings: WatchSettings
  readonly #origin: Origin
  readonly #most: number
  readonly #sessions: Session[] = []
  readonly #waiting = new Set<Http2Call>()
  #dialing = false
  #redial: NodeJS.Timeout | undefined
  #closed = false

  constructor(instance: Instance, settings: UpstreamConfig, tls: TlsRoute | undefined) {
    const { connectTimeoutMs, idleTimeoutMs, connections } = settings
    this.#instance = instance
    this.#origin = originOf(instance)
    this.#dialOptions = { timeoutMs: connectTimeoutMs, protocol: 'h2', tls }
    this.#watchSettings = { signTimeoutMs: connectTimeoutMs, idleTimeoutMs }
    this.#most = connections
  }

  send(request: UpstreamRequest, listener: UpstreamListener): UpstreamCall {
    const call = new Call(request, listener, this)
    atEndOfTurn(call)
    return call
  }

  close(): void {
    this.#closed = true
    for (const session of [...this.#sessions]) this.#closeUnused(session)
  }

  place(call: Http2Call): void {
    if (call.over) return
    try {
      if (call.request.upgrade !== null) throw violation(`HTTP/2 has no upgrade to ${call.request.upgrade}`)
      call.head = requestHead(call.request, this.#origin)
    } catch (error) {
      call.fail(error instanceof UpstreamError ? error : violation(String(error)))
      return
    }
    const session = this.#waiting.size === 0 ? this.#withRoom() : undefined
    if (session) session.run(call)
    else this.#wait(call)
  }

  leave(call: Http2Call): void {
    this.#waiting.delete(call)
  }

  freed(session: Session): void {
    this.#assign()
    if (this.#closed) this.#closeUnused(session)
  }

  gone(session: Session): void {
    const index = this.#sessions.indexOf(session)
    if (index >= 0) this.#sessions.splice(index, 1)
    this.#assign()
  }

  #wait(call: Http2Call): void {
    if (this.#waiting.size >= MAX_WAITING + (this.#dialing ? this.#most : 0)) {
      call.fail(new UpstreamError('queue', `${this.#waiting.size} calls wait for a stream already`))
      return
    }
    call.waitingSinceMs = performance.now()
    this.#waiting.add(call)
    this.#dialIfNeeded()
  }

  #withRoom(): Session | undefined {
    for (const session of this.#sessions) if (session.room > 0 && session.isAlive()) return session
    return undefined
  }

  /** Gives room to those who wait, and sees to it that there will be more. */
  #assign(): void {
    for (const call of this.#waiting) {
      const session = this.#withRoom()
      if (!session) break
      this.#waiting.delete(call)
      session.run(call)
    }
    this.#dialIfNeeded()
  }

  #dialIfNeeded(): void {
    if (this.#waiting.size === 0 || this.#dialing || this.#redial || this.#sessions.length >= this.#most) return
    if (this.#sessions.some(({ asking }) => asking)) return
    this.#dialing = true
    handshake(this.#instance, this.#dialOptions, (outcome) => {
      this.#dialing = false
      if (outcome instanceof UpstreamError) {
        this.#refused(outcome)
      } else {
        const session = new Session(outcome, this.#watchSettings, this)
        this.#sessions.push(session)
        this.freed(session)
      }
    })
  }

  /** With no session to hope for, all who wait have wanted this one; else they wait on, and one more is tried in a while. */
  #refused(error: UpstreamError): void {
    if (this.#sessions.length > 0) {
      this.#redial = setTimeout(() => {
        this.#redial = undefined
        this.#dialIfNeeded()
      }, REDIAL_MS).unref()
      return
    }
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const call of waiting) call.fail(error)
  }

  #closeUnused(session: Session): void {
    if (!session.busy && this.#waiting.size === 0) session.close()
  }
}

function originOf({ host, port, tls }: Instance): Origin {
  return {
    scheme: tls ? 'https' : 'http',
    authority: `${host.includes(':') ? `[${host.replace(/%.*/, '')}]` : host}:${port}`,
  }
}
