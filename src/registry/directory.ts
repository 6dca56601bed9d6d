import { guarded, type LiveEndpoint, Pool, type PoolOptions } from '../balancing/index.ts'
import { GatewayError, serviceNotFound } from '../errors.ts'
import type { BalancingStrategy, Logger } from '../plugin/index.ts'
import type { RegistryUpdate, ServiceUpdate } from './update.ts'

export interface DirectoryOptions {
  readonly log: Logger
  strategy(service: string): BalancingStrategy
  pool(service: string): PoolOptions
  /** The endpoint is no longer in the view: close what was opened for it. */
  left(endpoint: LiveEndpoint): void
  /** A connection to an instance failed. At most once a second for each. */
  unreachable(service: string, id: string): void
  now(): number
}

const TOLD_EVERY_MS = 1000

/** Data plane: the pools by service name, brought up to date by what the control plane sends. */
export class Directory {
  readonly #options: DirectoryOptions
  readonly #pools = new Map<string, Pool>()
  /** When an endpoint was last told of as unreachable: most never are. */
  readonly #toldMs = new WeakMap<LiveEndpoint, number>()
  #ready = false

  constructor(options: DirectoryOptions) {
    this.#options = options
  }

  get ready(): boolean {
    return this.#ready
  }

  apply({ services, removed, complete }: RegistryUpdate): void {
    this.#ready ||= complete
    for (const service of removed) this.#drop(service)
    for (const service of services) this.#take(service)
  }

  /**
   * A connection to the endpoint failed, and nothing was sent to it.
   *
   * @returns whether it was only kept; then it is gone, as if it had never been there
   */
  unreachable(pool: Pool, endpoint: LiveEndpoint): boolean {
    const { now, left, unreachable } = this.#options
    const nowMs = now()
    const lets = endpoint.held && !endpoint.letGo
    if (lets || nowMs - (this.#toldMs.get(endpoint) ?? Number.NEGATIVE_INFINITY) >= TOLD_EVERY_MS) {
      this.#toldMs.set(endpoint, nowMs)
      unreachable(pool.service, endpoint.instance.id)
    }
    if (lets) {
      pool.letGo(endpoint)
      left(endpoint)
    }
    return endpoint.held
  }

  /** An active probe has found an instance up or down. What is not known here is left aside: it is told of again when it is. */
  verdict(service: string, id: string, up: boolean): void {
    this.#pools.get(service)?.verdict(id, up)
  }

  /** @throws GW_REGISTRY_NOT_READY before the first view, GW_SERVICE_NOT_FOUND when the view does not name the service */
  pool(service: string): Pool {
    const pool = this.#pools.get(service)
    if (pool) return pool
    if (!this.#ready)
      throw new GatewayError('GW_REGISTRY_NOT_READY', 'the registry has not been read yet; try again in a moment')
    throw serviceNotFound(service)
  }

  #take({ name, instances, gone, held, absent }: ServiceUpdate): void {
    const known = this.#pools.get(name)
    // A change of what has not been told yet: it is still to come, as it is by then.
    if (gone && !known) return
    const pool = known ?? this.#open(name)
    pool.registered = !absent
    const left = gone ? pool.change(instances, gone, held) : pool.update(instances, held)
    for (const endpoint of left) this.#options.left(endpoint)
  }

  #open(service: string): Pool {
    const { strategy, log } = this.#options
    const pool = new Pool(
      service,
      guarded(service, () => strategy(service), log),
      this.#options.pool(service),
      this.#tellPanic,
    )
    this.#pools.set(service, pool)
    return pool
  }

  readonly #tellPanic = (service: string, panic: boolean): void => {
    const { log } = this.#options
    if (panic) log.warn({ service }, 'too few instances are healthy: health is ignored')
    else log.info({ service }, 'enough instances are healthy again')
  }

  #drop(service: string): void {
    const pool = this.#pools.get(service)
    if (!pool) return
    this.#pools.delete(service)
    pool.registered = false
    for (const endpoint of pool.update([])) this.#options.left(endpoint)
  }
}
