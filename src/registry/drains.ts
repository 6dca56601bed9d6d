import type { Instance } from '../plugin/index.ts'
import type { Served } from './guard.ts'

/** Instances that an operator drains, whatever their registry says. Each ends with its registration. */
export class Drains {
  /** By service and id, the registration that is meant. */
  readonly #services = new Map<string, Map<string, number | undefined>>()

  /** @returns whether it was not drained before */
  add(service: string, { id, registeredAt }: Instance): boolean {
    const drains = this.#services.get(service) ?? new Map<string, number | undefined>()
    if (drains.has(id)) return false
    this.#services.set(service, drains.set(id, registeredAt))
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
   * What is served with the drains over it. Forgets the drains of those that have left, or have registered anew.
   *
   * @param absent ids of those that are not served for now, but have not left
   */
  over(service: string, served: Served | undefined, absent: () => readonly string[]): Served | undefined {
    const drains = this.#services.get(service)
    if (!drains) return served
    const byId = new Map(served?.instances.map((one) => [one.id, one]))
    const away = new Set(absent())
    for (const [id, registeredAt] of drains) {
      const one = byId.get(id)
      if (one ? one.registeredAt !== registeredAt : !away.has(id)) this.remove(service, id)
    }
    return served && { ...served, instances: served.instances.map((one) => (drains.has(one.id) ? drained(one) : one)) }
  }
}

const drained = (one: Instance): Instance => (one.status === 'up' ? { ...one, status: 'draining' } : one)
