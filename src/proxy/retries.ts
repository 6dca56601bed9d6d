import type { Lease } from '../balancing/index.ts'
import { GatewayError, serviceNotFound } from '../errors.ts'
import type { Endpoint } from '../plugin/index.ts'
import type { Attempt } from './attempt.ts'
import { backoffMs, retryAfterMs } from './backoff.ts'
import type { Exchange } from './exchange.ts'
import type { Failure } from './failure.ts'
import { pause } from './pause.ts'
import { mayRepeat, type RetryReason, reasonToRetry } from './repeatable.ts'
import type { Service } from './service.ts'
import { UpstreamResponse } from './upstream-response.ts'

const NOBODY: readonly Endpoint[] = []

/** What has been tried for one request, and whether and when it is tried again. */
export class Retries {
  readonly #exchange: Exchange
  readonly #service: Service
  #tried = NOBODY
  #left: number
  #waits = 0
  #last: Failure | undefined

  constructor(exchange: Exchange, service: Service) {
    this.#exchange = exchange
    this.#service = service
    this.#left = service.settings.retry.attempts
  }

  /** What the caller is told when nothing more is tried. */
  get error(): GatewayError {
    return this.#last?.toGatewayError(this.#service.name) ?? nobodyToAsk(this.#service)
  }

  /**
   * Takes in what an attempt came to, and waits if another one has to.
   *
   * A response that is to be tried again is kept until the next attempt begins, and discarded then: if none can begin, it
   * still is the answer.
   *
   * @returns the lease of the next attempt; undefined when nothing more is tried
   * @throws GatewayError when the exchange has stopped
   */
  async next(attempt: Attempt): Promise<Lease | undefined> {
    const outcome = attempt.outcome!
    if (outcome instanceof UpstreamResponse) return this.#afterStatus(attempt, outcome)
    try {
      return await this.#afterFailure(attempt, outcome)
    } finally {
      this.#service.limiter?.release()
    }
  }

  /**
   * Counts an attempt. An instance that the registry has lost and that cannot be connected to counts as none: it is as if it
   * had never been there.
   *
   * @returns whether it counts
   */
  count({ outcome, lease: { endpoint } }: Attempt): boolean {
    const failure = outcome instanceof UpstreamResponse ? undefined : outcome!
    const { pool, means } = this.#service
    if (failure?.kind === 'connect' && means.unreachable(pool, endpoint)) {
      this.#exchange.endpoint = undefined
      if (this.#tried.length > 0) this.#last ??= failure
      return false
    }
    this.#left--
    this.#last = failure
    if (!failure?.stale) this.#tried = [...this.#tried, endpoint]
    return true
  }

  /** Asks somebody beside an attempt that still runs, if that may be. Nothing is waited for. */
  beside({ lease: { endpoint } }: Attempt): Lease | undefined {
    const { pool, limiter, budget, means } = this.#service
    const tried = [...this.#tried, endpoint]
    if (this.#left < 2 || !hasOther(this.#service, tried) || limiter?.tryEnter() === false) return undefined
    if (budget?.take(means.now()) === false) return undefined
    return pool.lease(this.#exchange, tried)
  }

  async #afterFailure(attempt: Attempt, failure: Failure): Promise<Lease | undefined> {
    const counts = this.count(attempt)
    this.#exchange.assertGoing()
    if (!counts) return this.#service.pool.lease(this.#exchange, this.#tried)
    const { on } = this.#service.settings.retry
    const reason = reasonToRetry(this.#exchange, failure, on)
    if (reason === undefined) return undefined
    const waitMs = reason === 'timeout' ? this.#backoffMs() : 0
    return this.#mayAskAgain(reason, waitMs) ? this.#lease(reason, waitMs) : undefined
  }

  async #afterStatus(attempt: Attempt, response: UpstreamResponse): Promise<Lease | undefined> {
    this.count(attempt)
    if (this.#exchange.stopped === 'client-closed') {
      discard(this.#exchange, response)
      this.#exchange.assertGoing()
    }
    if (!mayRepeat(this.#exchange)) return undefined
    const { limiter } = this.#service
    // Its body may have come whole, and the place be another's already.
    if (limiter && attempt.lease.ended && !limiter.tryEnter()) return undefined
    const waitMs = this.#waitAfter(response)
    if (!this.#mayAskAgain(response.status, waitMs)) return undefined
    limiter?.hold()
    try {
      return await this.#instead(response, waitMs)
    } finally {
      limiter?.release()
    }
  }

  async #instead(response: UpstreamResponse, waitMs: number): Promise<Lease | undefined> {
    try {
      const lease = await this.#lease(response.status, waitMs)
      if (lease) discard(this.#exchange, response)
      return lease
    } catch (thrown) {
      // Better than what would be said in its place.
      if (this.#exchange.stopped === 'deadline') return undefined
      discard(this.#exchange, response)
      throw thrown
    }
  }

  /** @returns Infinity when the service asks for more time than a response may take */
  #waitAfter(response: UpstreamResponse): number {
    const { means, settings } = this.#service
    const askedMs = retryAfterMs(response.headerList, means.wallMs()) ?? 0
    const bounded = this.#exchange.dueMs !== Number.POSITIVE_INFINITY
    if (!bounded && askedMs > settings.upstream.responseTimeoutMs) return Number.POSITIVE_INFINITY
    return Math.max(this.#backoffMs(), askedMs)
  }

  /**
   * Whether one more attempt may be made after this wait; it is then taken from the budget. One that found no connection
   * need not be paid for: nobody has been asked yet, so the next one is no additional load.
   */
  #mayAskAgain(reason: RetryReason, waitMs: number): boolean {
    const { means, budget, name } = this.#service
    if (this.#left <= 0 || !hasOther(this.#service, this.#tried)) return false
    const nowMs = means.now()
    if (nowMs + waitMs >= this.#exchange.dueMs) {
      means.count('retry-denied', name, 'deadline')
      return false
    }
    if (reason !== 'connect' && budget?.take(nowMs) === false) {
      means.count('retry-denied', name, 'budget')
      return false
    }
    return true
  }

  #backoffMs(): number {
    return backoffMs(this.#waits++, this.#service.settings.retry.backoff, this.#service.means.random)
  }

  async #lease(reason: RetryReason, waitMs: number): Promise<Lease | undefined> {
    this.#exchange.assertGoing()
    if (waitMs > 0) await pause(this.#exchange, waitMs)
    this.#exchange.assertGoing()
    const { pool, means, name } = this.#service
    const lease = pool.lease(this.#exchange, this.#tried)
    if (lease) means.count('retry', name, String(reason))
    return lease
  }
}

/** Another answer takes its place. */
function discard(exchange: Exchange, response: UpstreamResponse): void {
  response.discard()
  exchange.upstreamMs = undefined
  exchange.upstreamBroke = false
}

/** Unfit ones count: they are asked when everybody else was. */
const hasOther = ({ pool }: Service, tried: readonly Endpoint[]) =>
  pool.offer.candidates.some((endpoint) => !tried.includes(endpoint))

export function nobodyToAsk({ pool, name }: Service): GatewayError {
  if (!pool.registered) return serviceNotFound(name)
  return new GatewayError('GW_NO_ENDPOINT', `service "${name}" has no instance`)
}
