import type { Duplex } from 'node:stream'
import type { Lease } from '../balancing/index.ts'
import type { Cancellable, Exchange } from './exchange.ts'
import { Failure, type FailureKind } from './failure.ts'
import { hostOf } from './headers/request-headers.ts'
import { mayFallSilent, responseHeaders } from './headers/response-headers.ts'
import { restorePrefix } from './headers/restored-prefix.ts'
import type { Service } from './service.ts'
import { Stopwatch, type Timed } from './stopwatch.ts'
import {
  type PlainHead,
  type ResponseHead,
  type UpstreamCall,
  UpstreamError,
  type UpstreamListener,
  type UpstreamRequest,
} from './transport.ts'
import { Tunnel } from './tunnel.ts'
import { type BodySource, UpstreamBody } from './upstream-body.ts'
import { UpstreamResponse } from './upstream-response.ts'

/** How one attempt ended: with a response head, or with why not. */
export type Outcome = UpstreamResponse | Failure

/** Is told once of an attempt, which has its outcome by then. */
export interface Judge {
  settled(attempt: Attempt): void
}

/**
 * One request to one endpoint, up to its response head; from there on the body carries on alone. Gives its verdict on the
 * endpoint, and ends the lease.
 *
 * The place of a failed attempt in the service's limit stays held: whoever is told of the failure releases it.
 */
export class Attempt implements UpstreamListener, Timed, Cancellable, BodySource {
  readonly lease: Lease
  readonly startedMs: number
  outcome: Outcome | undefined
  sent = false
  readonly #exchange: Exchange
  readonly #service: Service
  readonly #cookies: readonly string[] | undefined
  #stopwatch!: Stopwatch
  #judge!: Judge
  #call!: UpstreamCall
  #head: ResponseHead | undefined
  #body: UpstreamBody | undefined
  #bytesSeen = 0
  /** Its status speaks against the instance already. */
  #failed = false

  /** @param lease the last pick of the exchange, with the cookies that it has set */
  constructor(exchange: Exchange, service: Service, lease: Lease, nowMs: number) {
    this.#exchange = exchange
    this.#service = service
    this.lease = lease
    this.#cookies = exchange.cookies
    this.startedMs = nowMs
  }

  /** As the only one of its exchange. */
  run(request: UpstreamRequest, judge: Judge): void {
    this.#exchange.running = this
    this.start(request, judge)
  }

  start(request: UpstreamRequest, judge: Judge): void {
    const exchange = this.#exchange
    exchange.endpoint = this.lease.endpoint
    exchange.attempts++
    this.#judge = judge
    this.#call = this.#service.upstreamTo(this.lease.endpoint).send(request, this)
    const { responseTimeoutMs } = this.#service.settings.upstream
    this.#stopwatch = new Stopwatch(exchange, responseTimeoutMs, this, this.startedMs)
  }

  onSending(waited: boolean): void {
    this.sent = true
    if (waited) this.#stopwatch.restart()
  }

  onInformation(head: ResponseHead): void {
    const exchange = this.#exchange
    // Not while there are two attempts: the answer may be that of the other.
    if (exchange.running !== this || !exchange.downstream) return
    exchange.downstream.inform({ ...head, headers: responseHeaders(head, false) })
  }

  /** The tunnel carries on alone. Fetch knows no 101: for middleware the answer is a 204. */
  onSwitch(head: ResponseHead, socket: Duplex, rest: Buffer): void {
    this.#stopwatch.stop()
    const exchange = this.#exchange
    const nowMs = this.#service.means.now()
    const tunnel = new Tunnel(exchange.upgrade!, this.#service, this.lease, head, socket, rest)
    this.#service.switched(this.lease, tunnel.protocol, nowMs)
    const shown = { ...head, status: 204, statusText: 'No Content' }
    const body = new UpstreamBody(tunnel, this.lease, this)
    this.#head = head
    exchange.tunnel = tunnel
    this.#answered(new UpstreamResponse(exchange.method, shown, this.#headers(head), body), tunnel, nowMs)
  }

  onHead(head: ResponseHead): void {
    this.#stopwatch.stop()
    const nowMs = this.#service.means.now()
    const body = new UpstreamBody(this.#call, this.lease, this)
    const response = new UpstreamResponse(this.#exchange.method, head, this.#forClient(head), body)
    this.#failed = this.#service.answered(this.lease, head, nowMs - this.startedMs, nowMs)
    this.#head = head
    this.#body = body
    this.#answered(response, body, nowMs)
  }

  onText(text: string): void {
    this.#body!.pushText(text)
  }

  onData(chunk: Buffer): void {
    this.#body!.push(chunk)
  }

  onEnd(trailers: readonly string[]): void {
    if (!this.#failed) this.#service.completed(this.lease)
    this.#body!.end(trailers)
  }

  onError(error: UpstreamError): void {
    if (this.#body) {
      if (!this.#failed) this.#service.brokeOff(this.lease)
      this.#exchange.upstreamBroke = true
      this.#body.fail(error)
    } else {
      const { id: requestId, service } = this.#exchange
      const told = { requestId, service, instance: this.lease.endpoint.instance.id, reason: error.message }
      this.#service.means.log.debug(told, 'an attempt has failed')
      this.#fail(error.kind, error)
    }
  }

  get stallTimeoutMs(): number | undefined {
    return mayFallSilent(this.#head!) ? undefined : this.#service.settings.upstream.stallTimeoutMs
  }

  get requestMoved(): boolean {
    const { body, bytesReceived } = this.#exchange
    if (!body || body.readableEnded || bytesReceived === this.#bytesSeen) return false
    this.#bytesSeen = bytesReceived
    return true
  }

  stalled(): void {
    this.#call.abort()
    this.onError(new UpstreamError('reset', 'the instance stopped sending its response body'))
  }

  expire(kind: 'timeout' | 'stalled', detail: string): void {
    this.#call.abort()
    this.#fail(kind, detail)
  }

  cancel(): void {
    if (this.outcome) return
    this.#call.abort()
    if (this.#hadItsTime) this.#fail('timeout', 'the instance sent no response head in time')
    else this.#fail('cancelled', '')
  }

  #forClient(head: ResponseHead): readonly string[] | PlainHead {
    const { plain } = head
    const rewritten = this.#cookies || (this.#service.settings.upstream.restorePrefix && this.#exchange.route?.prefix)
    return plain && !rewritten ? plain : this.#headers(head)
  }

  #headers(head: ResponseHead): string[] {
    const exchange = this.#exchange
    const headers = responseHeaders(head, exchange.takesTrailers)
    const { restorePrefix: restores } = this.#service.settings.upstream
    if (restores && exchange.route?.prefix) restorePrefix(headers, exchange.route.prefix, hostOf(exchange))
    if (this.#cookies) for (const cookie of this.#cookies) headers.push('set-cookie', cookie)
    return headers
  }

  /** Only now, when nothing can fail any more, is the rest no longer this attempt's. */
  #answered(response: UpstreamResponse, rest: Cancellable, nowMs: number): void {
    const exchange = this.#exchange
    this.outcome = response
    exchange.running = rest
    exchange.endpoint = this.lease.endpoint
    exchange.upstreamMs = nowMs - this.startedMs
    this.#judge.settled(this)
  }

  /** The deadline for all attempts has passed, and this one had most of the time: it does not matter whose timeout it is. */
  get #hadItsTime(): boolean {
    const { stopped, body } = this.#exchange
    if (stopped !== 'deadline' || (body && !body.readableEnded)) return false
    return 2 * (this.#service.means.now() - this.startedMs) >= this.#service.settings.retry.timeoutMs!
  }

  #fail(kind: FailureKind, cause: UpstreamError | string): void {
    if (this.outcome) return
    this.#stopwatch.stop()
    const failure = new Failure(kind, this.sent, cause)
    this.outcome = failure
    this.#service.failed(this.lease, failure, this.startedMs)
    this.#service.limiter?.hold()
    this.lease.end()
    this.#judge.settled(this)
  }
}
