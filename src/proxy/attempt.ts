import type { Lease } from '../balancing/index.ts'
import { GatewayError } from '../errors.ts'
import type { Cancellable, Exchange } from './exchange.ts'
import { responseHeaders } from './response-headers.ts'
import { Stopwatch, type Timed } from './stopwatch.ts'
import type {
  ResponseHead,
  Upstream,
  UpstreamCall,
  UpstreamError,
  UpstreamListener,
  UpstreamRequest,
} from './transport.ts'
import { UpstreamBody } from './upstream-body.ts'
import { UpstreamResponse } from './upstream-response.ts'

/** How one attempt ended: with a response head, or with why not. */
export type Outcome = UpstreamResponse | UpstreamError | GatewayError

/** One request to one endpoint, up to its response head; from there on the body carries on alone. */
export class Attempt implements UpstreamListener, Timed, Cancellable {
  /** False while another attempt is as good as new, whatever the method: nothing was sent. */
  sent = false
  readonly #exchange: Exchange
  readonly #lease: Lease
  readonly #startedMs: number
  readonly #now: () => number
  #stopwatch!: Stopwatch
  #settle!: (outcome: Outcome) => void
  #call!: UpstreamCall
  #body: UpstreamBody | undefined

  constructor(exchange: Exchange, lease: Lease, now: () => number) {
    this.#exchange = exchange
    this.#lease = lease
    this.#now = now
    this.#startedMs = now()
  }

  run(upstream: Upstream, request: UpstreamRequest, responseTimeoutMs: number): Promise<Outcome> {
    const exchange = this.#exchange
    exchange.endpoint = this.#lease.endpoint
    exchange.attempts++
    exchange.running = this
    return new Promise((settle) => {
      this.#settle = settle
      this.#call = upstream.send(request, this)
      this.#stopwatch = new Stopwatch(exchange, responseTimeoutMs, this, this.#startedMs)
    })
  }

  onSending(waited: boolean): void {
    this.sent = true
    if (waited) this.#stopwatch.restart()
  }

  onHead(head: ResponseHead): void {
    this.#stopwatch.stop()
    const exchange = this.#exchange
    const nowMs = this.#now()
    exchange.upstreamMs = nowMs - this.#startedMs
    this.#lease.endpoint.observe(exchange.upstreamMs, nowMs)
    const body = new UpstreamBody(this.#call, this.#lease)
    const response = new UpstreamResponse(exchange.method, head, responseHeaders(head), body)
    // Only now, when nothing can fail any more, is the body's end no longer this attempt's.
    this.#body = body
    exchange.running = body
    this.#settle(response)
  }

  onData(chunk: Buffer): void {
    this.#body!.push(chunk)
  }

  onEnd(trailers: readonly string[]): void {
    this.#body!.end(trailers)
  }

  onError(error: UpstreamError): void {
    if (this.#body) {
      this.#exchange.upstreamBroke = true
      this.#body.fail(error)
    } else this.#end(error)
  }

  /** No head in time: the call is abandoned, and the caller of `run` is told why. */
  expire(error: GatewayError): void {
    this.#call.abort()
    this.#end(error)
  }

  cancel(): void {
    this.expire(new GatewayError('GW_CLIENT_CLOSED', 'the client closed the connection'))
  }

  #end(outcome: UpstreamError | GatewayError): void {
    this.#stopwatch.stop()
    this.#lease.end()
    this.#exchange.running = undefined
    this.#settle(outcome)
  }
}
