import type { Instance } from '../plugin/index.ts'
import { LiveEndpoint } from './endpoint.ts'

/** What the registry says of a service's instances, as endpoints. They are kept by instance id across updates, counters and all. */
export class Members {
  readonly #probed: boolean
  readonly #byId = new Map<string, LiveEndpoint>()
  #all: readonly LiveEndpoint[] | undefined
  #holds = false

  /** @param probed whether newcomers wait for the verdict of an active probe */
  constructor(probed: boolean) {
    this.#probed = probed
  }

  /** Another array after each change, and never changed in place. */
  get all(): readonly LiveEndpoint[] {
    this.#all ??= [...this.#byId.values()]
    return this.#all
  }

  get(id: string): LiveEndpoint | undefined {
    return this.#byId.get(id)
  }

  has(endpoint: LiveEndpoint): boolean {
    return this.#byId.get(endpoint.instance.id) === endpoint
  }

  /** Ids of those that are not among `instances`. */
  without(instances: readonly Instance[]): readonly string[] {
    const present = new Set(instances.map(({ id }) => id))
    return [...this.#byId.keys()].filter((id) => !present.has(id))
  }

  /** See `Pool.change`. */
  change(
    instances: readonly Instance[],
    gone: readonly string[],
    held: readonly string[],
    nowMs: number,
  ): readonly LiveEndpoint[] {
    const left: LiveEndpoint[] = []
    for (const id of gone) this.#remove(id, left)
    for (const instance of instances) {
      const known = this.#byId.get(instance.id)
      if (known && sameAddress(known.instance, instance)) known.become(instance, nowMs)
      else {
        if (known) left.push(known)
        this.#byId.set(instance.id, this.#join(instance, nowMs))
      }
    }
    this.#hold(held)
    this.#all = undefined
    return left
  }

  #join(instance: Instance, nowMs: number): LiveEndpoint {
    const endpoint = new LiveEndpoint(instance, nowMs)
    if (this.#probed) endpoint.probe = 'unknown'
    return endpoint
  }

  #remove(id: string, left: LiveEndpoint[]): void {
    const endpoint = this.#byId.get(id)
    if (endpoint) left.push(endpoint)
    this.#byId.delete(id)
  }

  #hold(ids: readonly string[]): void {
    if (ids.length === 0 && !this.#holds) return
    const held = new Set(ids)
    for (const [id, endpoint] of this.#byId) {
      endpoint.held = held.has(id)
      endpoint.letGo &&= endpoint.held
    }
    this.#holds = ids.length > 0
  }
}

function sameAddress(a: Instance, b: Instance): boolean {
  return a.host === b.host && a.port === b.port && a.tls === b.tls
}
