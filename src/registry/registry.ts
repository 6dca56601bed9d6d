import { setTimeout as sleep } from 'node:timers/promises'
import type { LeftOut } from '../plugin/index.ts'
import { sameInstances } from './changes.ts'
import type { Served, SourceState } from './guard.ts'
import type { Held } from './holds.ts'
import { merged } from './merge.ts'
import { Source, type SourceContext, type SourceSpec, type SourceStatus } from './source.ts'
import { completion, type RegistryUpdate, type ServiceUpdate, serviceUpdate, tableUpdates } from './update.ts'

const CLOSE_TIMEOUT_MS = 2000

/** The worst first: what several registries are together is what the worst of them is. */
const STATES: readonly SourceState[] = ['pending', 'disk', 'stale', 'suspect', 'recovering', 'live']

export interface RegistryStatus {
  readonly state: SourceState
  /** How long the registry that was lost first could not be read; 0 while all can. A quiet registry is not an old one. */
  readonly ageMs: number
  /** Counts the views that changed something. */
  readonly version: number
  readonly services: number
  readonly instances: number
}

export interface SourceHolds extends SourceStatus {
  readonly held: readonly Held[]
  readonly leftOut: readonly LeftOut[]
}

/** Control plane: all registries as one table, and what changes in it. */
export class Registry {
  readonly #sources: readonly Source[]
  readonly #listeners = new Set<(update: RegistryUpdate) => void>()
  readonly #stop = new AbortController()
  readonly #table = new Map<string, Served>()
  #complete = false
  #following: Promise<unknown> | undefined

  constructor(specs: readonly SourceSpec[], context: SourceContext) {
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
    let instances = 0
    for (const served of this.#table.values()) instances += served.instances.length
    return {
      state: STATES.find((state) => all.some((one) => one.state === state))!,
      ageMs: Math.max(...all.map(({ ageMs }) => ageMs)),
      version: all.reduce((sum, { version }) => sum + version, 0),
      services: this.#table.size,
      instances,
    }
  }

  /** Each registry, in order, with what it has lost and is kept, and what cannot be used. */
  get sources(): readonly SourceHolds[] {
    return this.#sources.map((source) => ({
      ...source.status,
      held: [...source.held()],
      leftOut: [...source.leftOut()],
    }))
  }

  /** The names of the registries that know a service. */
  sourcesOf(service: string): string[] {
    return this.#sources.flatMap((source) => (source.served(service) ? [source.spec.name] : []))
  }

  /** A connection to an instance failed: one that is only kept is let go. */
  unreachable(service: string, id: string): void {
    for (const source of this.#sources) source.unreachable(service, id)
  }

  /** What has left the registries is let go, of one service or of all. @returns how many services have changed */
  accept(service?: string): number {
    return this.#sources.reduce((sum, source) => sum + source.accept(service), 0)
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
      const after = this.#merged(name)
      if (same(this.#table.get(name), after)) continue
      if (after) {
        this.#table.set(name, after)
        services.push(serviceUpdate(name, after))
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

function same(a: Served | undefined, b: Served | undefined): boolean {
  if (!a || !b) return a === b
  return a.absent === b.absent && sameInstances(a.instances, b.instances) && a.held.join() === b.held.join()
}
