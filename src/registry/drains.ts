import type { Instance } from '../plugin/index.ts'
import type { Served } from './guard.ts'

/** Instances that an operator drains, whatever their registry says. Each ends with its registration. */
export class Drains {
  /** By service and id, the registration that is meant. */
  readonly #services = new Map<string, Map<string, Instance>>()

  /** @returns whether it was not drained before */
  add(service: string, instance: Instance): boolean {
    const drains = this.#services.get(service) ?? new Map<string, Instance>()
    if (drains.has(instance.id)) return false
    this.#services.set(service, drains.set(instance.id, instance))
    return true
  }

  /** @returns whether it was drained */
  remove(service: string, id: string): boolean {
    const drains = this.#services.get(service)
    const removed = drains?.delete(id) ?? false
    if (drains?.size === 0) this.#services.delete(service)
    return removed
  }

  /** Ids. */
  of(service: string): ReadonlySet<string> {
    return new Set(this.#services.get(service)?.keys())
  }

  /**
   * What is served with the drains over it. Forgets the drains of those that have left, have registered anew, or are elsewhere.
   *
   * @param isAway whether an instance is not served for now, but has not left
   */
  over(service: string, served: Served | undefined, isAway: (id: string) => boolean): Served | undefined {
    const drains = this.#services.get(service)
    if (!drains) return served
    const byId = new Map(served?.instances.map((one) => [one.id, one]))
    for (const [id, meant] of drains) {
      const one = byId.get(id)
      if (one ? !isSame(one, meant) : !isAway(id)) this.remove(service, id)
    }
    return served && { ...served, instances: served.instances.map((one) => (drains.has(one.id) ? drained(one) : one)) }
  }
}

/** Whether it is the same process, as far as a registry can tell. */
const isSame = (a: Instance, b: Instance): boolean =>
  a.host === b.host && a.port === b.port && a.registeredAt === b.registeredAt

const drained = (one: Instance): Instance => (one.status === 'up' ? { ...one, status: 'draining' } : one)
