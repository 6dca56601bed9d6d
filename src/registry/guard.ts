import type { Instance, RegistryView } from '../plugin/index.ts'
import { type Held, type HoldReason, Holds } from './holds.ts'
import { Marks } from './marks.ts'
import type { SourceState } from './states.ts'

export interface GuardOptions {
  /** How long a service must have stayed the same before what it has lost is let go; 0: nothing is ever held. */
  readonly settleMs: number
  readonly sessionTimeoutMs: number
  /** What it means when the last instance of a service leaves: `hold` doubts it. */
  readonly onEmpty: 'hold' | 'clear'
}

/** What is to be served of one service. */
export interface Served {
  readonly instances: readonly Instance[]
  /** Ids of those among them that the registry no longer names. The first failed connection is the end of such a one. */
  readonly held: readonly string[]
  /** The registry does not name the service itself. */
  readonly absent: boolean
}

/** An address may be given to another service: while the registry can be read, nobody absent is kept for longer. */
const KEPT_MS = 60_000
/** What failed so recently is not held when it goes. */
const FAILING_MS = 10_000
/** A registry in which instances come back all the time has recovered after so many windows, too. */
const MOST_WINDOWS = 4

const NOBODY: readonly string[] = []
const BLIND: readonly SourceState[] = ['disk', 'suspect', 'stale']

/**
 * Stands between what one registry says and what is served, so that a registry which is away, or comes back half empty,
 * takes no traffic with it. Additions pass at once. An instance that goes is let go at once, too, unless it is in doubt:
 * the registry has just come back, or more than half of the service (and more than one) goes at once, or its last. In doubt
 * it is kept until its service has been quiet for one window, and no longer than it can be connected to.
 *
 * Pure: time comes in as monotonic milliseconds, `tick` says what has become due.
 */
export class Guard {
  readonly #options: GuardOptions
  readonly #said = new Map<string, readonly Instance[]>()
  readonly #holds = new Holds()
  /** Failed while the registry could be read. */
  readonly #failing = new Marks()
  /** Failed while it could not, and so are not served. */
  readonly #purged = new Marks()
  #state: SourceState = 'pending'
  #stateMs = 0
  #returnedMs = 0

  constructor(options: GuardOptions) {
    this.#options = options
  }

  get state(): SourceState {
    return this.#state
  }

  /** Whether time alone may change something: then `tick` wants to be called. */
  get restless(): boolean {
    return this.#state === 'suspect' || this.#state === 'recovering' || this.#holds.size > 0
  }

  /** The shortest time after which something may become due. */
  get windowMs(): number {
    return Math.min(this.#options.settleMs || Number.POSITIVE_INFINITY, this.#options.sessionTimeoutMs)
  }

  /** A snapshot stands in for a registry that could not be read yet. */
  restore(view: RegistryView, nowMs: number): void {
    for (const [service, instances] of view) this.#said.set(service, instances)
    this.#enter('disk', nowMs)
  }

  /** The registry has been read; what it says comes by `say`. @returns the services in which somebody is served again */
  read(nowMs: number): readonly string[] {
    if (this.#state === 'pending') this.#enter('live', nowMs)
    if (!this.#blind) return NOBODY
    this.#enter('recovering', nowMs)
    this.#returnedMs = nowMs
    for (const service of this.#holds.services()) this.#holds.touch(service, nowMs)
    if (this.#options.settleMs === 0) this.#enter('live', nowMs)
    return this.#purged.clear()
  }

  /** The registry cannot be read. */
  lose(nowMs: number): void {
    if (this.#state !== 'live' && this.#state !== 'recovering') return
    this.#enter(this.#options.sessionTimeoutMs > 0 ? 'suspect' : 'stale', nowMs)
  }

  /** What the registry says of one service; undefined: it does not name it. @returns how many of those that left are kept */
  say(service: string, instances: readonly Instance[] | undefined, nowMs: number): number {
    const before = this.#said.get(service) ?? []
    if (instances) this.#said.set(service, instances)
    else this.#said.delete(service)
    this.#holds.touch(service, nowMs)
    const present = new Set(instances?.map(({ id }) => id))
    for (const { instance } of this.#holds.of(service)) {
      if (!present.has(instance.id)) continue
      this.#holds.drop(service, instance.id)
      this.#returnedMs = nowMs
    }
    const leaving = before.filter(({ id }) => !present.has(id))
    const reason = this.#doubt(leaving.length, before.length, present.size)
    if (!reason) return 0
    const kept = leaving.filter(({ id }) => !this.#failing.has(service, id, nowMs - FAILING_MS))
    for (const instance of kept) this.#holds.add({ service, instance, reason, sinceMs: nowMs })
    return kept.length
  }

  /** A connection to an instance failed. @returns whether what is served has changed */
  unreachable(service: string, id: string, nowMs: number): boolean {
    if (this.#holds.drop(service, id)) return true
    const offered = this.#unpurged(service, this.#said.get(service) ?? []).filter(({ status }) => status === 'up')
    if (!offered.some((instance) => instance.id === id)) return false
    if (!this.#blind) {
      this.#failing.add(service, id, nowMs)
      return false
    }
    // The last of a service is better than none: it may be the way to it that is broken.
    return offered.length > 1 && this.#purged.add(service, id, nowMs)
  }

  /** An instance that had failed can be connected to. @returns whether what is served has changed */
  reachable(service: string, id: string): boolean {
    return this.#purged.remove(service, id)
  }

  /** @returns the services in which what is served has changed by time alone */
  tick(nowMs: number): readonly string[] {
    const { settleMs, sessionTimeoutMs } = this.#options
    this.#failing.forget(nowMs - FAILING_MS)
    if (this.#state === 'suspect' && nowMs - this.#stateMs >= sessionTimeoutMs) this.#enter('stale', nowMs)
    if (this.#blind) return NOBODY
    const changed = this.#holds.settled(nowMs, settleMs)
    for (const service of changed) this.#holds.clear(service)
    if (this.#state === 'recovering' && this.#hasSettled(nowMs)) this.#enter('live', nowMs)
    return this.#state === 'live' ? [...changed, ...this.#outstayed(nowMs)] : changed
  }

  /** An operator's word that what is gone is gone: of one service, or of all. @returns the services that have changed */
  accept(service: string | undefined, nowMs: number): readonly string[] {
    if (service !== undefined) return this.#holds.clear(service) ? [service] : NOBODY
    const changed = this.#holds.services()
    for (const one of changed) this.#holds.clear(one)
    if (this.#state === 'recovering') this.#enter('live', nowMs)
    return changed
  }

  said(service: string): readonly Instance[] | undefined {
    return this.#said.get(service)
  }

  served(service: string): Served | undefined {
    const said = this.#said.get(service)
    const held = this.#holds.of(service)
    if (held.length === 0) return said && { instances: this.#unpurged(service, said), held: NOBODY, absent: false }
    const kept = held.map(({ instance }) => instance)
    return {
      instances: [...this.#unpurged(service, said ?? []), ...kept],
      held: kept.map(({ id }) => id),
      absent: said === undefined,
    }
  }

  /** Every service that is served, or may be. */
  services(): string[] {
    return [...new Set([...this.#said.keys(), ...this.#holds.services()])]
  }

  held(): Iterable<Held> {
    return this.#holds
  }

  holdsOf(service: string): readonly Held[] {
    return this.#holds.of(service)
  }

  /** Those of a service that are not served because they failed while the registry could not be read. */
  purgedOf(service: string): readonly Instance[] {
    if (this.#purged.count(service) === 0) return []
    return this.#said.get(service)?.filter(({ id }) => this.#purged.has(service, id)) ?? []
  }

  /** Whether there is anybody of whom a connection would tell more: held, or purged. */
  get hasDoubts(): boolean {
    return this.#holds.size > 0 || this.#purged.size > 0
  }

  *purged(): Generator<readonly [service: string, instance: Instance]> {
    for (const service of this.#purged.services())
      for (const instance of this.purgedOf(service)) yield [service, instance]
  }

  get #blind(): boolean {
    return BLIND.includes(this.#state)
  }

  #enter(state: SourceState, nowMs: number): void {
    this.#state = state
    this.#stateMs = nowMs
  }

  #doubt(leaving: number, before: number, present: number): HoldReason | undefined {
    const { settleMs, onEmpty } = this.#options
    if (leaving === 0 || settleMs === 0) return undefined
    if (this.#state === 'recovering') return 'recovering'
    if (leaving > 1 && leaving > before / 2) return 'mass-removal'
    return present === 0 && onEmpty === 'hold' ? 'last-instance' : undefined
  }

  /** Nobody has come back for one window, or it goes on for too long to mean anything. */
  #hasSettled(nowMs: number): boolean {
    const { settleMs } = this.#options
    const latestMs = this.#stateMs + (MOST_WINDOWS - 1) * settleMs
    return nowMs - Math.min(this.#returnedMs, latestMs) >= settleMs
  }

  #outstayed(nowMs: number): string[] {
    const services = new Set<string>()
    for (const { service, instance, sinceMs } of [...this.#holds]) {
      if (nowMs - sinceMs < KEPT_MS) continue
      this.#holds.drop(service, instance.id)
      services.add(service)
    }
    return [...services]
  }

  #unpurged(service: string, said: readonly Instance[]): readonly Instance[] {
    if (this.#purged.count(service) === 0) return said
    return said.filter(({ id }) => !this.#purged.has(service, id))
  }
}
