import { GatewayError } from '../errors.ts'
import type { Exchange } from './exchange.ts'

/**
 * Bounds one attempt up to its response head, without cutting an upload that moves: while the request body still flows
 * only a standstill counts, and it is blamed on the side that stands still.
 */
export class Stopwatch {
  readonly #exchange: Exchange
  readonly #timeoutMs: number
  readonly #expire: (error: GatewayError) => void
  #timer: NodeJS.Timeout | undefined
  #onBodyEnd: (() => void) | undefined
  #bytesSeen = -1

  constructor(exchange: Exchange, timeoutMs: number, expire: (error: GatewayError) => void) {
    this.#exchange = exchange
    this.#timeoutMs = timeoutMs
    this.#expire = expire
  }

  start(): void {
    this.#timer = setTimeout(() => this.#ring(), this.#timeoutMs)
    const { body } = this.#exchange
    if (!body || body.readableEnded) return
    this.#bytesSeen = this.#exchange.bytesReceived
    this.#onBodyEnd = () => this.#timer?.refresh()
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

  #ring(): void {
    const error = this.#standstill()
    if (error) this.#expire(error)
    else this.#timer?.refresh()
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
