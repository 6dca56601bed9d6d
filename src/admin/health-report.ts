import type { Prober } from '../health/index.ts'
import type { Instance } from '../plugin/index.ts'
import {
  BREAKER_STATES,
  type BreakerState,
  type InstanceTraffic,
  type ServiceTraffic,
  type Standings,
} from './standings.ts'

/** What a running gateway knows besides its registries. */
export interface HealthSources {
  readonly prober: Prober
  readonly standings: Standings
  /** Workers that serve now. */
  workers(): number
}

/** Of one service, all workers together. */
export interface ServiceHealth extends Pick<ServiceTraffic, 'inFlight' | 'pending' | 'budgetLeft' | 'limit'> {
  /** Some worker ignores health, because too few instances have any. */
  readonly panic: boolean
  /** The worst of the workers; null: there is none, or it was never asked. */
  readonly breaker: BreakerState | null
}

/** Of one instance, all workers together. */
export interface InstanceHealth {
  readonly inFlight: number
  /** Mean of the workers that know one; null: none does. */
  readonly latencyMs: number | null
  readonly ejectedForMs?: number
  readonly probe?: ProbeReport
}

export interface ProbeReport {
  readonly state: 'unknown' | 'up' | 'down'
  /** Of the last one, as ISO 8601. */
  readonly at?: string
  /** Why it failed. */
  readonly reason?: string
}

export function serviceHealth({ standings }: HealthSources, service: string): ServiceHealth {
  const { inFlight, pending, panic, budgetLeft, breakers, limit } = standings.of(service)
  const breaker = BREAKER_STATES.find((state) => breakers.has(state)) ?? null
  return { inFlight, pending, panic: panic > 0, budgetLeft, breaker, limit }
}

export function instanceHealth(traffic: InstanceTraffic | undefined, probe: ProbeReport | undefined): InstanceHealth {
  const { inFlight = 0, latencyMs = 0, ejectedForMs } = traffic ?? {}
  return {
    inFlight,
    latencyMs: latencyMs > 0 ? latencyMs : null,
    ...(ejectedForMs !== undefined && { ejectedForMs }),
    ...(probe && { probe }),
  }
}

export function probeReport({ prober }: HealthSources, service: string, id: string): ProbeReport | undefined {
  const target = prober.target(service, id)
  if (!target) return undefined
  const { state, atMs, reason } = target
  return {
    state,
    ...(atMs !== undefined && { at: new Date(atMs).toISOString() }),
    ...(reason !== null && { reason }),
  }
}

/** Of the reasons of workers, those that nobody else knows. */
const OF_WORKERS: ReadonlySet<string> = new Set(['ejected', 'trial', 'other tier', 'let go'])

export interface Fitness {
  /** Whether some worker may pick it. */
  readonly fit: boolean
  /** Why not, or why not everywhere. */
  readonly why?: string
}

/** @param anyUp an instance of the service passes its probes, so that nobody asks one that was not probed yet */
export function fitness(
  { status }: Instance,
  traffic: InstanceTraffic | undefined,
  probe: ProbeReport | undefined,
  { panic, anyUp, workers }: { readonly panic: boolean; readonly anyUp: boolean; readonly workers: number },
): Fitness {
  if (status !== 'up') return { fit: false, why: status }
  if (!panic && probe?.state === 'down') return { fit: false, why: 'probe failed' }
  if (!panic && probe?.state === 'unknown' && anyUp) return { fit: false, why: 'not probed yet' }
  const [why, ...others] = traffic?.whys.filter((one) => OF_WORKERS.has(one)) ?? []
  if (why === undefined) return { fit: true }
  const count = 1 + others.length
  return count < workers ? { fit: true, why: `${why} in ${count} of ${workers} workers` } : { fit: false, why }
}
