import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance, LeftOut, Logger } from '../plugin/index.ts'
import { sameInstances } from './changes.ts'
import { Drains } from './drains.ts'
import type { Served } from './guard.ts'
import type { Held, HoldReason } from './holds.ts'
import { merged, ownId } from './merge.ts'
import { Source } from './source.ts'
import type { SourceContext, SourceSpec, SourceStatus } from './spec.ts'
import { SOURCE_STATES, type SourceState } from './states.ts'
import {
  completion,
  type RegistryUpdate,
  type ServiceUpdate,
  serviceChange,
  serviceUpdate,
  tableUpdates,
} from './update.ts'

const CLOSE_TIMEOUT_MS = 2000

export interface RegistryStatus {
  readonly state: SourceState
  /** How long the registry that was lost first could not be read; 0 while all can. A quiet registry is not an old one. */
  readonly ageMs: number
  /** Counts the views that changed something. */
  readonly version: number
  readonly services: number
  readonly instances: number
  /** Instances among them that no registry names any more. */
  readonly held: number
}

/** All there is to say of one service. */
export interface ServiceStanding {
  /** The registries that know it, in their order, and how the one is that is worst off. */
  readonly sources: readonly string[]
  readonly state: SourceState
  readonly ageMs: number
  /** Epoch milliseconds of its last change. */
  readonly changedAt: number
  readonly instances: readonly Instance[]
  /** Those among `instances` that are only kept, by id. */
  readonly held: ReadonlyMap<string, { readonly reason: HoldReason; readonly forMs: number }>
  /** Ids of those that an operator drains. */
  readonly drained: ReadonlySet<string>
  /** Not served, since they failed while the registry could not be read. */
  readonly purged: readonly Instance[]
}

interface Entry extends Served {
  readonly changedAt: number
}

export interface SourceHolds extends SourceStatus {
  readonly held: readonly (Omit<Held, 'sinceMs'> & { readonly forMs: number })[]
  readonly leftOut: readonly LeftOut[]
}

/** Control plane: all registries as one table, and what changes in it. */
export class Registry {
  readonly #sources: readonly Source[]
  readonly #listeners = new Set<(update: RegistryUpdate) => void>()
  readonly #stop = new AbortController()
  readonly #table = new Map<string, Entry>()
  readonly #drains = new Drains()
  readonly #now: () => number
  readonly #log: Logger
  #complete = false
  #following: Promise<unknown> | undefined

  constructor(specs: readonly SourceSpec[], context: SourceContext) {
    this.#now = context.now
    this.#log = context.log
    this.#sources = specs.map((spec) => new Source(spec, context, (services) => this.#refresh(services)))
  }

  start(): void {
    this.#following ??= Promise.all(this.#sources.map((source) => source.follow(this.#stop.signal)))
  }

  /** Calls `listener` with all that is known, at once and in pieces, and then with each change. */
  subscribe(listener: (update: RegistryUpdate) => void): () => void {
    this.#listeners.add(listener)
    for (const update of this.updates()) listener(update)
    if (this.#complete) listener(completion(true))
    return () => this.#listeners.delete(listener)
  }

  /** All that is known, in pieces that are quickly sent. */
  updates(): Generator<RegistryUpdate> {
    return tableUpdates(this.#table)
  }

  /** Every registry has been read once, or has failed, and at least one was read: a service that is in none is unknown. */
  get complete(): boolean {
    return this.#complete
  }

  /** What is served, by service. */
  get table(): ReadonlyMap<string, Served> {
    return this.#table
  }

  get status(): RegistryStatus {
    const all = this.#sources.map(({ status }) => status)
    let [instances, held] = [0, 0]
    for (const entry of this.#table.values()) {
      instances += entry.instances.length
      held += entry.held.length
    }
    const version = all.reduce((sum, one) => sum + one.version, 0)
    return { ...worst(all), version, services: this.#table.size, instances, held }
  }

  /** Each registry, in order, with what it has lost and is kept, and what cannot be used. */
  get sources(): readonly SourceHolds[] {
    const nowMs = this.#now()
    return this.#sources.map((source) => ({
      ...source.status,
      held: [...source.held()].map(({ sinceMs, ...held }) => ({ ...held, forMs: nowMs - sinceMs })),
      leftOut: [...source.leftOut()],
    }))
  }

  /** undefined: no registry knows the service. */
  standing(service: string): ServiceStanding | undefined {
    const entry = this.#table.get(service)
    if (!entry) return undefined
    const knowing = this.#sources.filter((source) => source.served(service))
    const all = knowing.map(({ status }) => status)
    return {
      ...worst(all),
      sources: all.map(({ name }) => name),
      changedAt: entry.changedAt,
      instances: entry.instances,
      held: new Map(entry.held.flatMap((id) => this.#hold(service, id))),
      drained: this.#drains.of(service),
      purged: knowing.flatMap((source) => source.purgedOf(service)),
    }
  }

  /** A connection to an instance failed: one that is only kept is let go. */
  unreachable(service: string, id: string): void {
    for (const source of this.#sources) source.unreachable(service, ownId(id, source.spec.name))
  }

  /** What has left the registries is let go, of one service or of all. @returns how many services have changed */
  accept(service?: string): number {
    return this.#sources.reduce((sum, source) => sum + source.accept(service), 0)
  }

  /**
   * Gives an instance no new work, whatever its registry says of it, until `undrain`, or until it leaves or registers anew.
   *
   * @returns whether that is new; undefined: no such instance is served
   */
  drain(service: string, id: string): boolean | undefined {
    const instance = this.#table.get(service)?.instances.find((one) => one.id === id)
    if (!instance) return undefined
    return this.#drained(service, id, this.#drains.add(service, instance), 'an instance is drained by the admin API')
  }

  /** @returns as `drain` does; one that is drained may be away for now */
  undrain(service: string, id: string): boolean | undefined {
    const changed = this.#drains.remove(service, id)
    if (!changed && !this.#table.get(service)?.instances.some((one) => one.id === id)) return undefined
    return this.#drained(service, id, changed, 'an instance is no longer drained')
  }

  /** Waits for the adapters to let go, but not for ever: they may be anybody's code. */
  async close(): Promise<void> {
    this.#stop.abort()
    await Promise.race([this.#following, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })])
  }

  #refresh(names: readonly string[]): void {
    const services: ServiceUpdate[] = []
    const removed: string[] = []
    for (const name of names) {
      const before = this.#table.get(name)
      const after = this.#served(name)
      if (same(before, after)) continue
      if (after) {
        this.#table.set(name, { ...after, changedAt: Date.now() })
        services.push(before ? serviceChange(name, before, after) : serviceUpdate(name, after))
      } else {
        this.#table.delete(name)
        removed.push(name)
      }
    }
    const completed = !this.#complete && this.#isComplete()
    this.#complete ||= completed
    if (services.length === 0 && removed.length === 0 && !completed) return
    const update = { services, removed, complete: this.#complete }
    for (const listener of this.#listeners) listener(update)
  }

  #drained(service: string, instance: string, changed: boolean, message: string): boolean {
    if (changed) {
      this.#log.info({ service, instance }, message)
      this.#refresh([service])
    }
    return changed
  }

  #hold(service: string, id: string): [string, { reason: HoldReason; forMs: number }][] {
    for (const source of this.#sources)
      for (const { instance, reason, sinceMs } of source.holdsOf(service))
        if (instance.id === ownId(id, source.spec.name)) return [[id, { reason, forMs: this.#now() - sinceMs }]]
    return []
  }

  #served(service: string): Served | undefined {
    return this.#drains.over(service, this.#merged(service), (id) =>
      this.#sources.some((source) => source.purgedOf(service).some((one) => one.id === ownId(id, source.spec.name))),
    )
  }

  #merged(service: string): Served | undefined {
    if (this.#sources.length === 1) return this.#sources[0]!.served(service)
    return merged(
      this.#sources.map((source) => ({
        name: source.spec.name,
        merge: source.spec.merge,
        served: source.served(service),
      })),
    )
  }

  #isComplete(): boolean {
    return this.#sources.every(({ settled }) => settled) && this.#sources.some(({ known }) => known)
  }
}

function worst(all: readonly SourceStatus[]): { state: SourceState; ageMs: number } {
  return {
    state: SOURCE_STATES.find((state) => all.some((one) => one.state === state)) ?? 'pending',
    ageMs: Math.max(...all.map(({ ageMs }) => ageMs)),
  }
}

function same(a: Served | undefined, b: Served | undefined): boolean {
  if (!a || !b) return a === b
  return a.absent === b.absent && sameInstances(a.instances, b.instances) && a.held.join() === b.held.join()
}
