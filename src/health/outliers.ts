import { isHealthy, type LiveEndpoint, type Pool } from '../balancing/index.ts'
import type { Logger } from '../plugin/index.ts'
import { Accrual } from './accrual.ts'

export interface OutlierSettings {
  /** In a row. */
  readonly consecutiveFailures: number
  /** A smaller part of successes within the window ejects; null: is not looked at. */
  readonly successRate: number | null
  readonly windowMs: number
  /** Within the window, before the success rate means anything. */
  readonly minRequests: number
  readonly ejectForMs: number
  readonly maxEjectForMs: number
  /** Part of the candidates; one may always be ejected, the last healthy one never. */
  readonly maxEjected: number
}

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
  readonly #settings: OutlierSettings
  readonly #options: OutlierOptions
  readonly #accruals = new WeakMap<LiveEndpoint, Accrual>()

  constructor(settings: OutlierSettings, options: OutlierOptions) {
    this.#settings = settings
    this.#options = options
  }

  /**
   * Takes in what a request to the endpoint came to. `failed`: no connection, broken off, no valid answer, none in time, or
   * a status of 500 or more. What the client or the gateway itself cut short is not recorded at all.
   *
   * @param nowMs of the clock that the pool reads
   */
  record(pool: Pool, endpoint: LiveEndpoint, outcome: 'ok' | 'failed', nowMs: number): void {
    if (endpoint.ejectedUntilMs > 0) this.#judge(pool, endpoint, outcome, nowMs)
    else if (outcome === 'failed') this.#fail(pool, endpoint, nowMs)
    else if (this.#settings.successRate !== null) this.#accrualOf(endpoint).add(false, nowMs)
    else this.#accruals.get(endpoint)?.add(false, nowMs)
  }

  /** Before its trial is due, what comes back from an ejected endpoint are requests that it got before, or in a panic. */
  #judge(pool: Pool, endpoint: LiveEndpoint, outcome: 'ok' | 'failed', nowMs: number): void {
    if (endpoint.trial === 'none') return
    if (outcome === 'failed') this.#eject(pool, endpoint, 'trial failed', nowMs)
    else this.#readmit(pool, endpoint)
  }

  #fail(pool: Pool, endpoint: LiveEndpoint, nowMs: number): void {
    const accrual = this.#accrualOf(endpoint)
    accrual.add(true, nowMs)
    const reason = this.#reason(accrual)
    if (reason && this.#mayEject(pool, endpoint)) this.#eject(pool, endpoint, reason, nowMs)
  }

  #reason({ failures, window }: Accrual): EjectionReason | undefined {
    const { consecutiveFailures, successRate, minRequests } = this.#settings
    if (failures >= consecutiveFailures) return 'consecutive failures'
    if (successRate === null || !window || window.requests < minRequests) return undefined
    return window.successRate < successRate ? 'success rate' : undefined
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
