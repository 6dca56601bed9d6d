import type { EndpointStanding, ServiceStanding } from '../balancing/index.ts'

export type BreakerState = NonNullable<ServiceStanding['breaker']>

/** The worst first. */
export const BREAKER_STATES: readonly BreakerState[] = ['open', 'half-open', 'closed']

/** One service in all workers together. */
export interface ServiceTraffic {
  readonly inFlight: number
  readonly pending: number
  /** Workers that ignore health, because too few instances have any. */
  readonly panic: number
  /** null: retries have no bound. */
  readonly budgetLeft: number | null
  /** Workers by the state of their breaker; none where there is no breaker. */
  readonly breakers: ReadonlyMap<BreakerState, number>
  /** null: no limit. */
  readonly limit: number | null
}

/** One instance in all workers together. */
export interface InstanceTraffic {
  readonly inFlight: number
  /** Mean of the workers that know one; 0: none does. */
  readonly latencyMs: number
  /** The longest of all workers; undefined: none has ejected it. */
  readonly ejectedForMs: number | undefined
  /** Of the workers that leave it out, each with its reason. */
  readonly whys: readonly string[]
}

const NO_TRAFFIC: ServiceTraffic = {
  inFlight: 0,
  pending: 0,
  panic: 0,
  budgetLeft: null,
  breakers: new Map(),
  limit: null,
}

/** What the workers last said of each service: the last word on one that is at rest is that it is. */
export class Standings {
  readonly #workers = new Map<number, Map<string, ServiceStanding>>()

  take(worker: number, standings: readonly ServiceStanding[]): void {
    const services = this.#workers.get(worker) ?? new Map<string, ServiceStanding>()
    for (const standing of standings) services.set(standing.service, standing)
    this.#workers.set(worker, services)
  }

  /** The worker is gone, and with it its load. */
  drop(worker: number): void {
    this.#workers.delete(worker)
  }

  /** Forgets services that are no more. */
  sweep(isKnown: (service: string) => boolean): void {
    for (const services of this.#workers.values())
      for (const service of services.keys()) if (!isKnown(service)) services.delete(service)
  }

  /** Of which anything was ever told. */
  get services(): ReadonlySet<string> {
    return new Set([...this.#workers.values()].flatMap((services) => [...services.keys()]))
  }

  of(service: string): ServiceTraffic {
    return this.#told(service).reduce(together, NO_TRAFFIC)
  }

  /** By id. */
  instancesOf(service: string): ReadonlyMap<string, InstanceTraffic> {
    const told = new Map<string, EndpointStanding[]>()
    for (const { endpoints } of this.#told(service))
      for (const endpoint of endpoints) told.set(endpoint.id, [...(told.get(endpoint.id) ?? []), endpoint])
    return new Map([...told].map(([id, all]) => [id, instanceTraffic(all)]))
  }

  #told(service: string): readonly ServiceStanding[] {
    return [...this.#workers.values()].flatMap((services) => services.get(service) ?? [])
  }
}

function together(sum: ServiceTraffic, { breaker, ...one }: ServiceStanding): ServiceTraffic {
  const breakers = new Map(sum.breakers)
  if (breaker) breakers.set(breaker, (breakers.get(breaker) ?? 0) + 1)
  return {
    inFlight: sum.inFlight + one.inFlight,
    pending: sum.pending + one.pending,
    panic: sum.panic + Number(one.panic),
    budgetLeft: one.budgetLeft === null ? sum.budgetLeft : (sum.budgetLeft ?? 0) + one.budgetLeft,
    breakers,
    limit: one.limit === null ? sum.limit : (sum.limit ?? 0) + one.limit,
  }
}

function instanceTraffic(all: readonly EndpointStanding[]): InstanceTraffic {
  const latencies = all.map(({ latencyMs }) => latencyMs).filter((ms) => ms > 0)
  return {
    inFlight: all.reduce((sum, { inFlight }) => sum + inFlight, 0),
    latencyMs: latencies.reduce((sum, ms) => sum + ms / latencies.length, 0),
    ejectedForMs: all.reduce<number | undefined>(
      (most, { ejectedForMs }) => (ejectedForMs === undefined ? most : Math.max(most ?? 0, ejectedForMs)),
      undefined,
    ),
    whys: all.flatMap(({ why }) => why ?? []),
  }
}
