import { AdaptiveLimit, Breaker, Budget, Limiter, Quantile } from '../admission/index.ts'
import type { Lease, LiveEndpoint, Pool, ServiceStanding } from '../balancing/index.ts'
import type { TrafficConfig, UpstreamConfig } from '../config/types.ts'
import { type EjectionReason, Outliers } from '../health/index.ts'
import type { Failure } from './failure.ts'
import { isEventStream } from './headers/response-headers.ts'
import type { Means } from './means.ts'
import { Standing } from './standing.ts'
import type { ResponseHead, Upstream } from './transport.ts'

export interface ServiceSettings extends TrafficConfig {
  readonly upstream: UpstreamConfig
}

const EJECTIONS: Readonly<Record<EjectionReason, string>> = {
  'consecutive failures': 'consecutive',
  'success rate': 'rate',
  'trial failed': 'trial',
}

/** What refuses a request for load: sheds it, or asks for fewer. */
const refusesForLoad = (status: number) => status === 503 || status === 429

/** One service as this worker calls it: its pool, its settings, and what keeps the calls within bounds. */
export class Service {
  readonly pool: Pool
  readonly settings: ServiceSettings
  readonly means: Means
  /** undefined, here and below: it is switched off. */
  readonly budget: Budget | undefined
  readonly breaker: Breaker | undefined
  readonly limiter: Limiter | undefined
  /** Of the time to the response head; only where requests are hedged. */
  readonly latency: Quantile | undefined
  /** Used since the last standing, or not at rest by then. Written by whoever keeps the services. */
  active = false
  /** Open now. Kept by the tunnels. */
  tunnels = 0
  readonly #adaptive: AdaptiveLimit | undefined
  readonly #fixedLimit: number | null
  readonly #outliers: Outliers | undefined
  readonly #standing = new Standing()

  /** @param workers how many share what the settings allow the whole gateway */
  constructor(pool: Pool, settings: ServiceSettings, means: Means, workers: number) {
    const part = (number: number) => Math.ceil(number / Math.max(1, workers))
    const { retry, limits, health, breaker } = settings
    this.pool = pool
    this.settings = settings
    this.means = means
    this.budget = retry.budget
      ? new Budget({ share: retry.budget.share, floor: retry.budget.floor / Math.max(1, workers) })
      : undefined
    this.breaker = breaker ? new Breaker(breaker) : undefined
    this.latency = retry.hedge ? new Quantile(retry.hedge.quantile) : undefined
    const { adaptive } = limits
    this.#adaptive = adaptive
      ? new AdaptiveLimit({ least: part(adaptive.least), most: part(adaptive.most) })
      : undefined
    this.#fixedLimit = limits.inFlight === null ? null : part(limits.inFlight)
    if (this.limit !== null) this.limiter = this.#limiter(part(limits.pending), limits.pendingTimeoutMs)
    if (health.passive) this.#outliers = new Outliers(health.passive, this.#outlierOptions())
  }

  get name(): string {
    return this.pool.service
  }

  /** How many requests this worker may have under way now; null: as many as come. */
  get limit(): number | null {
    const fixed = this.#fixedLimit
    if (!this.#adaptive) return fixed
    return fixed === null ? this.#adaptive.limit : Math.min(fixed, this.#adaptive.limit)
  }

  /** Whether an answer with this status is to be tried again. */
  retriesStatus(status: number): boolean {
    return status >= 400 && this.settings.retry.on.includes(status)
  }

  /** After how long without an answer a second instance is asked; undefined: none is, or nobody knows yet what is long. */
  hedgeAfterMs(nowMs: number): number | undefined {
    const quantileMs = this.latency?.value(nowMs)
    return quantileMs && Math.max(this.settings.retry.hedge!.leastMs, quantileMs)
  }

  upstreamTo(endpoint: LiveEndpoint): Upstream {
    return this.means.upstreams.to(endpoint, this.settings.upstream)
  }

  /** A response head has come. @returns whether its status speaks against the instance */
  answered(lease: Lease, head: ResponseHead, latencyMs: number, nowMs: number): boolean {
    const { status } = head
    const failed = status >= 500
    const streams = isEventStream(head)
    if (!streams) {
      this.pool.observe(lease.endpoint, latencyMs, failed, nowMs)
      if (!failed) this.latency?.record(latencyMs, nowMs)
      this.#adaptive?.sample(latencyMs, this.pool.inFlight, refusesForLoad(status), nowMs)
    }
    // The others are judged by their end. A trial is waited for, and a stream may have none.
    if (failed || streams || lease.trial) this.#judge(lease, failed, nowMs)
    return failed
  }

  /** A connection has become a tunnel. Its time to the 101 is no measure for that of answers, and what becomes of it no failure. */
  switched(lease: Lease, protocol: string, nowMs: number): void {
    this.means.count('tunnel', this.name, protocol)
    this.#judge(lease, false, nowMs)
  }

  /** An answer that was no failure has come whole. */
  completed(lease: Lease): void {
    if (this.#outliers?.countsSuccess(lease.endpoint)) this.#judge(lease, false, this.means.now())
  }

  /** An answer that was no failure by its head has broken off. */
  brokeOff(lease: Lease): void {
    this.#judge(lease, true, this.means.now())
  }

  /** An attempt has come to no response head. */
  failed(lease: Lease, failure: Failure, startedMs: number): void {
    if (!failure.blamesInstance) return
    const nowMs = this.means.now()
    this.pool.observe(lease.endpoint, nowMs - startedMs, true, nowMs)
    if (failure.kind === 'timeout') this.#adaptive?.sample(nowMs - startedMs, this.pool.inFlight, true, nowMs)
    this.#judge(lease, true, nowMs)
  }

  standing(): ServiceStanding {
    const nowMs = this.means.now()
    return {
      service: this.name,
      inFlight: this.pool.inFlight,
      tunnels: this.tunnels,
      pending: this.limiter?.waiting ?? 0,
      panic: this.pool.panic,
      budgetLeft: this.budget?.left(nowMs) ?? null,
      breaker: this.breaker?.state(nowMs) ?? null,
      limit: this.limit,
      endpoints: this.#standing.of(this.pool, nowMs),
    }
  }

  #judge({ endpoint, trial }: Lease, failed: boolean, nowMs: number): void {
    this.#outliers?.record(this.pool, endpoint, failed ? 'failed' : 'ok', nowMs, trial)
  }

  #limiter(pending: number, pendingTimeoutMs: number): Limiter {
    const limiter = new Limiter({
      limit: () => this.limit!,
      inFlight: () => this.pool.inFlight,
      pending,
      pendingTimeoutMs,
      now: this.means.now,
    })
    this.pool.onFreed = () => limiter.freed()
    return limiter
  }

  #outlierOptions() {
    const { random, log, count } = this.means
    return {
      random,
      log,
      ejected: (_pool: Pool, _endpoint: LiveEndpoint, reason: EjectionReason) =>
        count('ejection', this.name, EJECTIONS[reason]),
      readmitted: () => count('readmission', this.name, ''),
    }
  }
}
