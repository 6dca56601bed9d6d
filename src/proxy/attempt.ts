import type { Lease } from '../balancing/index.ts'
import { GatewayError } from '../errors.ts'
import type { Exchange } from './exchange.ts'
import { responseHeaders } from './response-headers.ts'
import { Stopwatch } from './stopwatch.ts'
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
export class Attempt implements UpstreamListener {
  /** False while another attempt is as good as new, whatever the method: nothing was sent. */
  sent = false
  readonly #exchange: Exchange
  readonly #lease: Lease
  readonly #stopwatch: Stopwatch
  readonly #startedMs: number
  readonly #now: () => number
  #settle!: (outcome: Outcome) => void
  #call!: UpstreamCall
  #body: UpstreamBody | undefined

  constructor(exchange: Exchange, lease: Lease, responseTimeoutMs: number, now: () => number) {
    this.#exchange = exchange
    this.#lease = lease
    this.#now = now
    this.#startedMs = now()
    this.#stopwatch = new Stopwatch(exchange, responseTimeoutMs, (error) => this.#giveUp(error))
  }

  run(upstream: Upstream, request: UpstreamRequest): Promise<Outcome> {
    const { endpoint } = this.#lease
    this.#exchange.endpoint = endpoint
    this.#exchange.attempts++
    this.#exchange.giveUp = () => this.#giveUp(new GatewayError('GW_CLIENT_CLOSED', 'the client closed the connection'))
    return new Promise((settle) => {
      this.#settle = settle
      this.#call = upstream.send(request, this)
      this.#stopwatch.start()
    })
  }

  onSending(): void {
    this.sent = true
    this.#stopwatch.restart()
  }

  onHead(head: ResponseHead): void {
    this.#stopwatch.stop()
    const nowMs = this.#now()
    const upstreamMs = nowMs - this.#startedMs
    this.#exchange.upstreamMs = upstreamMs
    this.#lease.endpoint.observe(upstreamMs, nowMs)
    const body = new UpstreamBody(this.#call, this.#lease)
    this.#body = body
    this.#exchange.giveUp = () => body.cancel()
    const { status } = head
    const bodiless = this.#exchange.method === 'HEAD' || status === 204 || status === 205 || status === 304
    this.#settle(new UpstreamResponse(head, responseHeaders(status, head.headers), body, bodiless))
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
      return
    }
    this.#end(error)
  }

  /** Before the head: the call is abandoned, and the caller of `run` is told why. */
  #giveUp(error: GatewayError): void {
    this.#call.abort()
    this.#end(error)
  }

  #end(outcome: UpstreamError | GatewayError): void {
    this.#stopwatch.stop()
    this.#lease.end()
    this.#exchange.giveUp = undefined
    this.#settle(outcome)
  }
}
