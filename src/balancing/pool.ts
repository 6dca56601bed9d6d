import type { BalancingStrategy, Endpoint, Instance, PickContext } from '../plugin/index.ts'
import { LiveEndpoint } from './endpoint.ts'
import { Lease } from './lease.ts'

/**
 * The endpoints of one service. Knows who is fit; the strategy only chooses among those.
 * Endpoints are kept by instance id across updates, and so are their counters and the strategy's own state.
 */
export class Pool {
  readonly service: string
  readonly #strategy: BalancingStrategy
  /** False while the registry does not name the service, and it lives on by instances that are only kept. */
  registered = true
  readonly #endpoints = new Map<string, LiveEndpoint>()
  #fit: readonly LiveEndpoint[] = []
  #holds = false

  constructor(service: string, strategy: BalancingStrategy) {
    this.service = service
    this.#strategy = strategy
  }

  get endpoints(): Iterable<LiveEndpoint> {
    return this.#endpoints.values()
  }

  /** Takes over all instances, and the ids of those that are only held. @returns as `change` does */
  update(instances: readonly Instance[], held: readonly string[] = []): readonly LiveEndpoint[] {
    const present = new Set(instances.map(({ id }) => id))
    const gone = [...this.#endpoints.keys()].filter((id) => !present.has(id))
    return this.change(instances, gone, held)
  }

  /**
   * Takes over the instances that are new or have changed, and the ids of those that are gone and of all that are only held.
   *
   * @returns the endpoints that left: no new picks, running leases end as they like
   */
  change(
    instances: readonly Instance[],
    gone: readonly string[],
    held: readonly string[] = [],
  ): readonly LiveEndpoint[] {
    const left: LiveEndpoint[] = []
    for (const id of gone) this.#remove(id, left)
    for (const instance of instances) {
      const known = this.#endpoints.get(instance.id)
      if (known && sameAddress(known.instance, instance)) known.become(instance)
      else {
        if (known) left.push(known)
        this.#endpoints.set(instance.id, new LiveEndpoint(instance))
      }
    }
    this.#hold(held)
    this.#changed()
    return left
  }

  /** Lets go of an endpoint that is only held, before the registry does. */
  letGo(endpoint: LiveEndpoint): void {
    endpoint.letGo = true
    this.#changed()
  }

  #remove(id: string, left: LiveEndpoint[]): void {
    const endpoint = this.#endpoints.get(id)
    if (endpoint) left.push(endpoint)
    this.#endpoints.delete(id)
  }

  #hold(ids: readonly string[]): void {
    if (ids.length === 0 && !this.#holds) return
    const held = new Set(ids)
    for (const [id, endpoint] of this.#endpoints) {
      endpoint.held = held.has(id)
      endpoint.letGo &&= endpoint.held
    }
    this.#holds = ids.length > 0
  }

  #changed(): void {
    this.#fit = [...this.#endpoints.values()].filter(({ instance, letGo }) => instance.status === 'up' && !letGo)
    this.#strategy.update?.([...this.#endpoints.values()])
  }

  /**
   * Picks a fit endpoint that is not in `tried` and counts it as load.
   *
   * @returns undefined when none is left
   * @throws Error when the strategy returns something that it was not given
   */
  lease(context: PickContext, tried: readonly Endpoint[]): Lease | undefined {
    const fit = tried.length === 0 ? this.#fit : this.#fit.filter((endpoint) => !tried.includes(endpoint))
    if (fit.length === 0) return undefined
    const picked = this.#strategy.pick(fit, context)
    if (!(picked instanceof LiveEndpoint)) throw new Error(`the strategy of service ${this.service} picked no endpoint`)
    return new Lease(picked)
  }
}

function sameAddress(a: Instance, b: Instance): boolean {
  return a.host === b.host && a.port === b.port && a.tls === b.tls
}
