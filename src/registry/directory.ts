import { guarded, type LiveEndpoint, Pool } from '../balancing/index.ts'
import { GatewayError, serviceNotFound } from '../errors.ts'
import type { BalancingStrategy, Logger } from '../plugin/index.ts'
import type { RegistryUpdate } from './update.ts'

export interface DirectoryOptions {
  readonly log: Logger
  strategy(service: string): BalancingStrategy
  /** The endpoint is no longer in the view: close what was opened for it. */
  left(endpoint: LiveEndpoint): void
}

/** Data plane: the pools by service name, brought up to date by what the control plane sends. */
export class Directory {
  readonly #options: DirectoryOptions
  readonly #pools = new Map<string, Pool>()
  #ready = false

  constructor(options: DirectoryOptions) {
    this.#options = options
  }

  get ready(): boolean {
    return this.#ready
  }

  apply({ full, services, removed }: RegistryUpdate): void {
    this.#ready = true
    const named = new Set(services.map(([service]) => service))
    const gone = full ? [...this.#pools.keys()].filter((service) => !named.has(service)) : removed
    for (const service of gone) this.#drop(service)
    for (const [service, instances] of services) {
      const pool = this.#pools.get(service) ?? this.#open(service)
      for (const endpoint of pool.update(instances)) this.#options.left(endpoint)
    }
  }

  /** @throws GW_REGISTRY_NOT_READY before the first view, GW_SERVICE_NOT_FOUND when the view does not name the service */
  pool(service: string): Pool {
    const pool = this.#pools.get(service)
    if (pool) return pool
    if (!this.#ready)
      throw new GatewayError('GW_REGISTRY_NOT_READY', 'the registry has not been read yet; try again in a moment')
    throw serviceNotFound(service)
  }

  #open(service: string): Pool {
    const { strategy, log } = this.#options
    const pool = new Pool(
      service,
      guarded(service, () => strategy(service), log),
    )
    this.#pools.set(service, pool)
    return pool
  }

  #drop(service: string): void {
    for (const endpoint of this.#pools.get(service)?.update([]) ?? []) this.#options.left(endpoint)
    this.#pools.delete(service)
  }
}
