import type { Instance } from '../plugin/index.ts'

/** Why an instance that the registry no longer names is kept. */
export type HoldReason = 'recovering' | 'mass-removal' | 'last-instance'

/** An instance that is absent from the registry and kept all the same. */
export interface Held {
  readonly service: string
  readonly instance: Instance
  readonly reason: HoldReason
  readonly sinceMs: number
}

interface ServiceHolds {
  /** When the registry last said something else of the service. */
  changedMs: number
  readonly byId: Map<string, Held>
}

/** The held instances, by service. Costs nothing for a service that has none. */
export class Holds {
  readonly #services = new Map<string, ServiceHolds>()

  get size(): number {
    return this.#services.size
  }

  add(held: Held): void {
    const holds = this.#services.get(held.service) ?? { changedMs: held.sinceMs, byId: new Map() }
    holds.byId.set(held.instance.id, held)
    this.#services.set(held.service, holds)
  }

  /** @returns whether it was held */
  drop(service: string, id: string): boolean {
    const holds = this.#services.get(service)
    const known = holds?.byId.delete(id) ?? false
    if (holds?.byId.size === 0) this.#services.delete(service)
    return known
  }

  /** @returns whether any was held */
  clear(service: string): boolean {
    return this.#services.delete(service)
  }

  /** The service has changed: what it has lost waits anew. */
  touch(service: string, nowMs: number): void {
    const holds = this.#services.get(service)
    if (holds) holds.changedMs = nowMs
  }

  of(service: string): readonly Held[] {
    const holds = this.#services.get(service)
    return holds ? [...holds.byId.values()] : []
  }

  services(): string[] {
    return [...this.#services.keys()]
  }

  /** Services whose holds have waited for `settleMs` since their last change. */
  settled(nowMs: number, settleMs: number): string[] {
    return [...this.#services].flatMap(([service, { changedMs }]) => (nowMs - changedMs >= settleMs ? [service] : []))
  }

  *[Symbol.iterator](): Generator<Held> {
    for (const { byId } of this.#services.values()) yield* byId.values()
  }
}
