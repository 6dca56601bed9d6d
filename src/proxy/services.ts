import type { Pool, ServiceStanding } from '../balancing/index.ts'
import type { Means } from './means.ts'
import { Service, type ServiceSettings } from './service.ts'
import { atRest } from './standing.ts'

/** The services that this worker has called: made on first use, gone with their pool. */
export class Services {
  readonly #means: Means
  readonly #settings: (service: string) => ServiceSettings
  readonly #workers: number
  readonly #known = new WeakMap<Pool, Service>()
  #active: Service[] = []

  constructor(means: Means, settings: (service: string) => ServiceSettings, workers: number) {
    this.#means = means
    this.#settings = settings
    this.#workers = workers
  }

  /** For a request: the service is in the next standings. */
  of(pool: Pool): Service {
    const service = this.#known.get(pool) ?? this.#make(pool)
    if (!service.active) {
      service.active = true
      this.#active.push(service)
    }
    return service
  }

  /** Of those that were used since this was asked last, or were not at rest then. */
  standings(): readonly ServiceStanding[] {
    const standings = this.#active.map((service) => service.standing())
    const [before, still] = [this.#active, [] as Service[]]
    for (const [at, service] of before.entries()) {
      service.active = !atRest(standings[at]!)
      if (service.active) still.push(service)
    }
    this.#active = still
    return standings
  }

  #make(pool: Pool): Service {
    const service = new Service(pool, this.#settings(pool.service), this.#means, this.#workers)
    this.#known.set(pool, service)
    return service
  }
}
