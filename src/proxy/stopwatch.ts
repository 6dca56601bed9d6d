import { GatewayError } from '../errors.ts'
import type { Exchange } from './exchange.ts'

export interface Timed {
  /** Time is up. Called at most once. */
  expire(error: GatewayError): void
}

/**
 * Bounds one attempt up to its response head, without cutting an upload that moves: while the request body still flows
 * only a standstill counts, and it is blamed on the side that stands still.
 */
export class Stopwatch {
  readonly #exchange: Exchange
  readonly #owner: Timed
  readonly #timer: NodeJS.Timeout
  #onBodyEnd: (() => void) | undefined
  #bytesSeen = -1

  constructor(exchange: Exchange, timeoutMs: number, owner: Timed) {
    this.#exchange = exchange
    this.#owner = owner
    this.#timer = setTimeout(Stopwatch.#ring, timeoutMs, this)
    const { body } = exchange
    if (!body || body.readableEnded) return
    this.#bytesSeen = exchange.bytesReceived
    this.#onBodyEnd = () => this.#timer.refresh()
    body.once('end', this.#onBodyEnd)
  }

  /** The wait for a connection is over: it has had its own time. */
  restart(): void {
    this.#timer?.refresh()
  }

  stop(): void {
    clearTimeout(this.#timer)
    if (this.#onBodyEnd) this.#exchange.body?.off('end', this.#onBodyEnd)
  }

  static #ring(stopwatch: Stopwatch): void {
    const error = stopwatch.#standstill()
    if (error) stopwatch.#owner.expire(error)
    else stopwatch.#timer.refresh()
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
