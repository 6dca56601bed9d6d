/** Instances, by service and id, each with the moment it was marked. */
export class Marks {
  readonly #services = new Map<string, Map<string, number>>()

  /** Services in which somebody is marked. */
  get size(): number {
    return this.#services.size
  }

  /** @returns whether it was not marked before; one that was is marked anew */
  add(service: string, id: string, nowMs: number): boolean {
    const marks = this.#services.get(service) ?? new Map<string, number>()
    const added = !marks.has(id)
    this.#services.set(service, marks.set(id, nowMs))
    return added
  }

  /** @returns whether it was marked */
  remove(service: string, id: string): boolean {
    const marks = this.#services.get(service)
    const removed = marks?.delete(id) ?? false
    if (marks?.size === 0) this.#services.delete(service)
    return removed
  }

  /** Whether it was marked, and no earlier than `sinceMs`. */
  has(service: string, id: string, sinceMs = Number.NEGATIVE_INFINITY): boolean {
    const markedMs = this.#services.get(service)?.get(id)
    return markedMs !== undefined && markedMs >= sinceMs
  }

  count(service: string): number {
    return this.#services.get(service)?.size ?? 0
  }

  /** Drops what was marked before `beforeMs`. */
  forget(beforeMs: number): void {
    for (const [service, marks] of this.#services)
      for (const [id, markedMs] of marks) if (markedMs < beforeMs) this.remove(service, id)
  }

  /** Drops all. @returns the services that had any */
  clear(): string[] {
    const services = this.services()
    this.#services.clear()
    return services
  }

  services(): string[] {
    return [...this.#services.keys()]
  }
}
