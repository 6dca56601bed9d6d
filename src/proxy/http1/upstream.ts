import type { Socket } from 'node:net'
import type { UpstreamConfig } from '../../config/types.ts'
import type { Instance } from '../../plugin/index.ts'
import type { TlsRoute } from '../../tls/index.ts'
import { Call, type CallOwner } from '../call.ts'
import { type DialOptions, dial } from '../dial.ts'
import { Inlet } from '../inlet.ts'
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
import type { Http1Call } from './call.ts'
import { Connection, type ConnectionOwner } from './connection.ts'
import { IdleConnections } from './idle.ts'
import { requestHead } from './request-head.ts'

/** After a refusal, and while connections in use may still be freed for those who wait. */
const REDIAL_MS = 100

/**
 * The connections to one instance. A call takes the idle connection used last, or waits, first come first served, for
 * whichever comes first: one that is freed, or a new one while there are fewer than `settings.connections`.
 *
 * Nobody waits in vain: as long as a call waits, a connection is in use or on its way.
 */
export class Http1Upstream implements Upstream, ConnectionOwner, CallOwner<string, Connection> {
  readonly #instance: Instance
  readonly #settings: UpstreamConfig
  readonly #dialOptions: DialOptions
  readonly #idle: IdleConnections
  readonly #waiting = new Set<Http1Call>()
  /** Connections, idle or in use. */
  #open = 0
  #dialing = 0
  /** Open, without a call, not yet trusted with one. */
  readonly #unproven = new Set<Connection>()
  #redial: NodeJS.Timeout | undefined
  #closed = false

  constructor(instance: Instance, settings: UpstreamConfig, tls: TlsRoute | undefined) {
    this.#instance = instance
    this.#settings = settings
    this.#dialOptions = { timeoutMs: settings.connectTimeoutMs, protocol: 'http/1.1', tls }
    this.#idle = new IdleConnections(settings.idleTimeoutMs)
  }

  send(request: UpstreamRequest, listener: UpstreamListener): UpstreamCall {
    const call = new Call(request, listener, this)
    atEndOfTurn(call)
    return call
  }

  close(): void {
    this.#closed = true
    this.#idle.clear()
  }

  freed(connection: Connection, unproven: boolean): void {
    if (unproven) this.#prove(connection)
    else this.#assign(connection)
  }

  gone(connection: Connection): void {
    this.#open--
    this.#unproven.delete(connection)
    this.#idle.remove(connection)
    this.#dialForWaiting()
  }

  place(call: Http1Call, nowMs: number): void {
    if (call.over) return
    try {
      call.head = requestHead(call.request)
    } catch (error) {
      call.fail(error instanceof UpstreamError ? error : violation(String(error)))
      return
    }
    const connection = this.#idle.pop(nowMs)
    if (connection) connection.run(call)
    else this.#wait(call, nowMs)
  }

  #wait(call: Http1Call, nowMs: number): void {
    // Beyond those for which a connection is on its way.
    if (this.#waiting.size - this.#coming >= MAX_WAITING) {
      call.fail(new UpstreamError('queue', `${MAX_WAITING} calls wait for a connection already`))
      return
    }
    call.waitingSinceMs = nowMs
    this.#waiting.add(call)
    if (this.#mayDial) this.#dial(call)
  }

  leave(call: Http1Call): void {
    this.#waiting.delete(call)
  }

  /** Connections that will be there for waiting calls without anybody's call having to end. */
  get #coming(): number {
    return this.#dialing + this.#unproven.size
  }

  get #mayDial(): boolean {
    return this.#waiting.size > this.#coming && this.#open + this.#dialing < this.#settings.connections
  }

  #dialForWaiting(): void {
    for (const call of this.#waiting) {
      if (!this.#mayDial) return
      this.#dial(call)
    }
  }

  #dial(call: Http1Call): void {
    this.#dialing++
    const inlet = new Inlet()
    const connected = (outcome: Socket | UpstreamError): void => {
      this.#dialing--
      if (outcome instanceof UpstreamError) {
        this.#refused(call, outcome)
      } else {
        this.#open++
        this.#assign(new Connection(outcome, inlet, this))
      }
    }
    dial(this.#instance, this.#dialOptions, connected, inlet.onread)
  }

  /**
   * Fails the call that wanted the connection, if it still waits, and all who have waited as long as a connect may take.
   * The others try for themselves: at once when there is no other connection to hope for, else in a while, one by one.
   */
  #refused(call: Http1Call, error: UpstreamError): void {
    if (this.#waiting.delete(call)) call.fail(error)
    const sinceMs = performance.now() - this.#settings.connectTimeoutMs
    for (const other of this.#waiting) {
      if (other.waitingSinceMs > sinceMs) break
      this.#waiting.delete(other)
      other.fail(error)
    }
    if (this.#open === 0) this.#dialForWaiting()
    else if (this.#waiting.size > 0) this.#redial ??= setTimeout(this.#dialForFirst, REDIAL_MS).unref()
  }

  readonly #dialForFirst = (): void => {
    this.#redial = undefined
    const [first] = this.#waiting
    if (first && this.#mayDial) this.#dial(first)
  }

  #assign(connection: Connection): void {
    for (const call of this.#waiting) {
      this.#waiting.delete(call)
      connection.run(call)
      return
    }
    if (this.#closed) connection.destroy()
    else this.#idle.push(connection)
  }

  /**
   * A response to HEAD, a 204 or a 304 must not have a body, but a broken peer may send one right behind the head. The
   * connection rests until the event loop has looked for input once more; anything that comes in meanwhile closes it.
   */
  #prove(connection: Connection): void {
    this.#unproven.add(connection)
    // The first one runs before the loop polls again, the second one after.
    setImmediate(() =>
      setImmediate(() => {
        if (this.#unproven.delete(connection)) this.#assign(connection)
      }),
    )
  }
}
