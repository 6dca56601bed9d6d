import { isHealthy, type LiveEndpoint, type Pool } from '../balancing/index.ts'
import type { PassiveConfig } from '../config/types.ts'
import type { Logger } from '../plugin/index.ts'
import { Accrual } from './accrual.ts'

export type EjectionReason = 'consecutive failures' | 'success rate' | 'trial failed'

export interface OutlierOptions {
  /** Uniform in [0, 1). */
  random(): number
  readonly log: Logger
  ejected?(pool: Pool, endpoint: LiveEndpoint, reason: EjectionReason, untilMs: number): void
  readmitted?(pool: Pool, endpoint: LiveEndpoint): void
}

/** Those that are ejected together come back one after the other. */
const JITTER = 0.1

/** Passive ejection, for one service: an instance that fails the requests it is given is left out for a while. */
export class Outliers {
  readonly #settings: PassiveConfig
  readonly #options: OutlierOptions
  readonly #accruals = new WeakMap<LiveEndpoint, Accrual>()

  constructor(settings: PassiveConfig, options: OutlierOptions) {
    this.#settings = settings
    this.#options = options
  }

  /** Whether it makes a difference to the endpoint that a request to it succeeds. */
  countsSuccess(endpoint: LiveEndpoint): boolean {
    return endpoint.ejectedUntilMs !== 0 || this.#settings.successRate !== null || this.#accruals.has(endpoint)
  }

  /**
   * Takes in what a request to the endpoint came to. `failed`: no connection, broken off, no valid answer, none in time, or
   * a status of 500 or more. What the client or the gateway itself cut short is not recorded at all.
   *
   * @param nowMs of the clock that the pool reads
   * @param trial whether the request was the endpoint's trial; unless told, whatever comes back while a trial is due is taken for it
   */
  record(
    pool: Pool,
    endpoint: LiveEndpoint,
    outcome: 'ok' | 'failed',
    nowMs: number,
    trial = endpoint.trial !== 'none',
  ): void {
    const failed = outcome === 'failed'
    if (endpoint.ejectedUntilMs === 0) this.#count(pool, endpoint, failed, nowMs)
    // Anything else are requests that it got before it was ejected, or in a panic.
    else if (trial && endpoint.trial !== 'none') this.#judge(pool, endpoint, failed, nowMs)
  }

  #judge(pool: Pool, endpoint: LiveEndpoint, failed: boolean, nowMs: number): void {
    if (failed) this.#eject(pool, endpoint, 'trial failed', nowMs)
    else this.#readmit(pool, endpoint)
  }

  #count(pool: Pool, endpoint: LiveEndpoint, failed: boolean, nowMs: number): void {
    // Who never failed needs no account, unless its successes are to be weighed one day.
    const counts = failed || this.#settings.successRate !== null
    const accrual = counts ? this.#accrualOf(endpoint) : this.#accruals.get(endpoint)
    accrual?.add(failed, nowMs)
    if (!failed || !accrual) return
    const reason = this.#reason(accrual)
    if (reason && this.#mayEject(pool, endpoint)) this.#eject(pool, endpoint, reason, nowMs)
  }

  #reason({ failures, outcomes }: Accrual): EjectionReason | undefined {
    const { consecutiveFailures, successRate, minRequests } = this.#settings
    if (failures >= consecutiveFailures) return 'consecutive failures'
    if (successRate === null || !outcomes || outcomes.total < minRequests) return undefined
    return outcomes.total - outcomes.failed < successRate * outcomes.total ? 'success rate' : undefined
  }

  #mayEject(pool: Pool, endpoint: LiveEndpoint): boolean {
    if (!pool.has(endpoint)) return false
    const { candidates, healthy, ejected } = pool.offer
    const others = healthy - (isHealthy(endpoint) ? 1 : 0)
    return others > 0 && ejected < Math.max(1, Math.floor(this.#settings.maxEjected * candidates.length))
  }

  #eject(pool: Pool, endpoint: LiveEndpoint, reason: EjectionReason, nowMs: number): void {
    const { ejectForMs, maxEjectForMs } = this.#settings
    const { random, log, ejected } = this.#options
    const forMs = this.#accrualOf(endpoint).eject(nowMs, ejectForMs, maxEjectForMs) * (1 + JITTER * random())
    pool.eject(endpoint, nowMs + forMs)
    const told = { service: pool.service, instance: endpoint.instance.id, reason, forMs: Math.round(forMs) }
    log.warn(told, 'an instance that fails its requests is ejected')
    ejected?.(pool, endpoint, reason, nowMs + forMs)
  }

  #readmit(pool: Pool, endpoint: LiveEndpoint): void {
    pool.readmit(endpoint)
    this.#options.log.info({ service: pool.service, instance: endpoint.instance.id }, 'an instance is readmitted')
    this.#options.readmitted?.(pool, endpoint)
  }

  #accrualOf(endpoint: LiveEndpoint): Accrual {
    const { registeredAt } = endpoint.instance
    const known = this.#accruals.get(endpoint)
    if (known && known.registeredAt === registeredAt) return known
    const { successRate, windowMs } = this.#settings
    const accrual = new Accrual(registeredAt, successRate === null ? undefined : windowMs)
    this.#accruals.set(endpoint, accrual)
    return accrual
  }
}
