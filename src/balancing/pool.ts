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
  #endpoints: ReadonlyMap<string, LiveEndpoint> = new Map()
  #fit: readonly LiveEndpoint[] = []

  constructor(service: string, strategy: BalancingStrategy) {
    this.service = service
    this.#strategy = strategy
  }

  get endpoints(): Iterable<LiveEndpoint> {
    return this.#endpoints.values()
  }

  /** Takes over the instances of a new view, and the ids of those that are only kept. @returns the endpoints that left: no new picks, running leases end as they like */
  update(instances: readonly Instance[], held: readonly string[] = []): readonly LiveEndpoint[] {
    const before = this.#endpoints
    const next = new Map<string, LiveEndpoint>()
    for (const instance of instances) {
      const known = before.get(instance.id)
      const endpoint = known && sameAddress(known.instance, instance) ? known : new LiveEndpoint(instance)
      endpoint.become(instance)
      endpoint.held = held.includes(instance.id)
      next.set(instance.id, endpoint)
    }
    this.#become(next)
    return [...before.values()].filter((endpoint) => next.get(endpoint.instance.id) !== endpoint)
  }

  /** Lets go of an endpoint before the next view does. */
  drop(endpoint: LiveEndpoint): void {
    this.#become(new Map([...this.#endpoints].filter(([, one]) => one !== endpoint)))
  }

  #become(endpoints: ReadonlyMap<string, LiveEndpoint>): void {
    this.#endpoints = endpoints
    this.#fit = [...endpoints.values()].filter(({ instance }) => instance.status === 'up')
    this.#strategy.update?.([...endpoints.values()])
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
