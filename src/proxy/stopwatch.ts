import { GatewayError } from '../errors.ts'
import { type Deadline, Deadlines } from './deadlines.ts'
import type { Exchange } from './exchange.ts'

export interface Timed {
  /** Time is up. Called at most once. */
  expire(error: GatewayError): void
}

/** By length, of which a configuration has a few. */
const deadlinesOf = new Map<number, Deadlines>()

/**
 * Bounds one attempt up to its response head, without cutting an upload that moves: while the request body still flows
 * only a standstill counts, and it is blamed on the side that stands still.
 */
export class Stopwatch implements Deadline {
  dueMs = 0
  earlier: Deadline | undefined
  later: Deadline | undefined
  readonly #exchange: Exchange
  readonly #owner: Timed
  readonly #deadlines: Deadlines
  #running = true
  #onBodyEnd: (() => void) | undefined
  #bytesSeen = -1

  constructor(exchange: Exchange, timeoutMs: number, owner: Timed, nowMs: number) {
    this.#exchange = exchange
    this.#owner = owner
    let deadlines = deadlinesOf.get(timeoutMs)
    if (!deadlines) {
      deadlines = new Deadlines(timeoutMs)
      deadlinesOf.set(timeoutMs, deadlines)
    }
    this.#deadlines = deadlines
    deadlines.set(this, nowMs)
    const { body } = exchange
    if (!body || body.readableEnded) return
    this.#bytesSeen = exchange.bytesReceived
    this.#onBodyEnd = () => this.restart()
    body.once('end', this.#onBodyEnd)
  }

  /** What it waited for until now has had a time of its own. */
  restart(): void {
    if (!this.#running) return
    this.#deadlines.clear(this)
    this.#deadlines.set(this, performance.now())
  }

  stop(): void {
    if (!this.#running) return
    this.#running = false
    this.#deadlines.clear(this)
    this.#forgetBody()
  }

  expire(): void {
    const error = this.#standstill()
    if (!error) {
      this.#deadlines.set(this, performance.now())
      return
    }
    this.#running = false
    this.#forgetBody()
    this.#owner.expire(error)
  }

  #forgetBody(): void {
    if (this.#onBodyEnd) this.#exchange.body?.off('end', this.#onBodyEnd)
  }

  #standstill(): GatewayError | undefined {
    const { body, bytesReceived } = this.#exchange
    if (!body || body.readableEnded) {
      return new GatewayError('GW_UPSTREAM_TIMEOUT', 'the instance sent no response head in time')
    }
    if (bytesReceived !== this.#bytesSeen) {
      this.#bytesSeen = bytesReceived
      return undefined
    }
    // Bytes that lie unread were there for the instance to take; none means that the client sends none.
    return body.readableLength > 0
      ? new GatewayError('GW_UPSTREAM_TIMEOUT', 'the instance stopped reading the request body')
      : new GatewayError('GW_REQUEST_TIMEOUT', 'the request body stopped coming')
  }
}
