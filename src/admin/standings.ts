import type { EndpointStanding, ServiceStanding } from '../balancing/index.ts'

export type BreakerState = NonNullable<ServiceStanding['breaker']>

/** The worst first. */
export const BREAKER_STATES: readonly BreakerState[] = ['open', 'half-open', 'closed']

/** One service in all workers together. */
export interface ServiceTraffic {
  readonly inFlight: number
  /** Of those, connections that have switched to another protocol. */
  readonly tunnels: number
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
    return together(this.#told(service))
  }

  /** By id. */
  instancesOf(service: string): ReadonlyMap<string, InstanceTraffic> {
    const told = new Map<string, EndpointStanding[]>()
    for (const { endpoints } of this.#told(service))
      for (const endpoint of endpoints) told.set(endpoint.id, [...(told.get(endpoint.id) ?? []), endpoint])
    return new Map([...told].map(([id, all]) => [id, instanceTraffic(all)]))
  }

  /** Instances that some worker has ejected. */
  ejected(service: string): number {
    const ids = new Set<string>()
    for (const { endpoints } of this.#told(service))
      for (const { id, ejectedForMs } of endpoints) if (ejectedForMs !== undefined) ids.add(id)
    return ids.size
  }

  #told(service: string): readonly ServiceStanding[] {
    const told: ServiceStanding[] = []
    for (const services of this.#workers.values()) {
      const standing = services.get(service)
      if (standing) told.push(standing)
    }
    return told
  }
}

function together(told: readonly ServiceStanding[]): ServiceTraffic {
  const breakers = new Map<BreakerState, number>()
  for (const { breaker } of told) if (breaker) breakers.set(breaker, (breakers.get(breaker) ?? 0) + 1)
  return {
    inFlight: sum(told, ({ inFlight }) => inFlight) ?? 0,
    tunnels: sum(told, ({ tunnels }) => tunnels) ?? 0,
    pending: sum(told, ({ pending }) => pending) ?? 0,
    panic: sum(told, ({ panic }) => Number(panic)) ?? 0,
    budgetLeft: sum(told, ({ budgetLeft }) => budgetLeft),
    breakers,
    limit: sum(told, ({ limit }) => limit),
  }
}

/** null: nobody has a number. */
function sum(told: readonly ServiceStanding[], of: (standing: ServiceStanding) => number | null): number | null {
  let total: number | null = null
  for (const standing of told) {
    const number = of(standing)
    if (number !== null) total = (total ?? 0) + number
  }
  return total
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
