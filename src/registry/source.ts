import type { Instance, LeftOut, RegistryView } from '../plugin/index.ts'
import { changesOf, sameInstances } from './changes.ts'
import { follow } from './follow.ts'
import { Guard, type Served } from './guard.ts'
import type { Held } from './holds.ts'
import { Keeper } from './keeper.ts'
import { assertView, Normaliser } from './normalise.ts'
import { inTurns, slices } from './slices.ts'
import type { Snapshot } from './snapshot.ts'
import type { SourceContext, SourceSpec, SourceStatus } from './spec.ts'
import { Watchman } from './watchman.ts'

/** A start that has heard nothing for so long goes on from the snapshot. */
const DISK_AFTER_MS = 2000

/** Control plane: one registry, followed, guarded and kept on disk. Tells by name which services may have changed. */
export class Source {
  readonly spec: SourceSpec
  readonly #context: SourceContext
  readonly #changed: (services: readonly string[]) => void
  readonly #guard: Guard
  readonly #normaliser: Normaliser
  readonly #keeper: Keeper | undefined
  readonly #watchman: Watchman
  #said: RegistryView = new Map()
  #version = 0
  #lostMs: number | undefined
  #reason: string | undefined
  #snapshotAgeMs = 0
  #restoring: Promise<void> | undefined
  #startedMs = 0
  #read = false
  #known = false
  #gaveUp = false

  constructor(spec: SourceSpec, context: SourceContext, changed: (services: readonly string[]) => void) {
    const { settleMs, onEmpty, adapter, snapshot } = spec
    const { log, now } = context
    this.spec = spec
    this.#context = context
    this.#changed = changed
    const sessionTimeoutMs = adapter.sessionTimeoutMs ?? 0
    this.#guard = new Guard({ settleMs, onEmpty, sessionTimeoutMs })
    this.#normaliser = new Normaliser(log)
    this.#keeper = snapshot && new Keeper({ file: snapshot, log, now, services: () => this.#toKeep() })
    this.#watchman = new Watchman(this.#guard, context, (services) => this.#emit(services))
  }

  /** Follows the registry until `signal` aborts; resolves when the adapter has let go and the snapshot is written. */
  async follow(signal: AbortSignal): Promise<void> {
    const { delayMs, now } = this.#context
    this.#startedMs = now()
    const patience = setTimeout(() => this.#restore(), DISK_AFTER_MS).unref()
    const follower = {
      view: (view: RegistryView) => this.#receive(view),
      stale: (error: Error, failures: number) => this.#lose(error, failures),
    }
    await follow(this.spec.adapter, follower, { signal, now, delayMs })
    clearTimeout(patience)
    this.#watchman.close()
    await this.#keeper?.close()
  }

  /** It has been read, or a snapshot stands for it. */
  get known(): boolean {
    return this.#known
  }

  /** Nothing more is to be had of it at this moment: it is known, or it cannot be read and has no snapshot. */
  get settled(): boolean {
    return this.#known || this.#gaveUp
  }

  get status(): SourceStatus {
    const { name, type, snapshot } = this.spec
    const { state } = this.#guard
    const sinceLostMs = this.#lostMs === undefined ? 0 : this.#context.now() - this.#lostMs
    const ageMs = state === 'disk' ? this.#snapshotAgeMs + sinceLostMs : sinceLostMs
    const more = { ...(this.#reason && { reason: this.#reason }), ...(snapshot && { snapshot: snapshot.path }) }
    return { name, type, state, ageMs, version: this.#version, ...more }
  }

  served(service: string): Served | undefined {
    return this.#guard.served(service)
  }

  held(): Iterable<Held> {
    return this.#guard.held()
  }

  holdsOf(service: string): readonly Held[] {
    return this.#guard.holdsOf(service)
  }

  /** Those that are not served because they failed while the registry could not be read. */
  purgedOf(service: string): readonly Instance[] {
    return this.#guard.purgedOf(service)
  }

  *leftOut(): Generator<LeftOut> {
    yield* this.spec.adapter.leftOut?.() ?? []
    yield* this.#normaliser.leftOut()
  }

  unreachable(service: string, id: string): void {
    if (!this.#guard.unreachable(service, id, this.#context.now())) return
    this.#emit([service])
    this.#watchman.look()
  }

  /** @returns how many services have lost what was kept of them */
  accept(service?: string): number {
    const changed = this.#guard.accept(service, this.#context.now())
    this.#emit(changed)
    return changed.length
  }

  async #receive(view: RegistryView): Promise<void> {
    assertView(view)
    await this.#restoring
    const { log, now } = this.#context
    if (this.#lostMs !== undefined) log.info(this.#told({ staleMs: now() - this.#lostMs }), 'the registry is back')
    this.#lostMs = undefined
    this.#reason = undefined
    this.#emit(this.#guard.read(now()))
    const changed = await this.#take(view)
    this.#said = view
    if (changed > 0) this.#version++
    if (!this.#read) this.#tellFirst(view)
    this.#read = true
    this.#learnt()
  }

  #tellFirst(view: RegistryView): void {
    const { log, now } = this.#context
    let instances = 0
    for (const [, list] of view) instances += list.length
    const tookMs = Math.round(now() - this.#startedMs)
    log.info(this.#told({ services: view.size, instances, tookMs }), 'the registry has been read')
  }

  /** @returns how many services have changed */
  async #take(view: RegistryView): Promise<number> {
    const { log, now } = this.#context
    let [count, kept, losers] = [0, 0, 0]
    await inTurns(
      slices(changesOf(this.#said, view), ([, instances]) => instances?.length ?? 0),
      (slice) => {
        const changed: string[] = []
        for (const [service, instances] of slice) {
          const before = this.#guard.said(service)
          const usable = this.#normaliser.usable(service, instances, before)
          if (sameInstances(usable, before)) continue
          const held = this.#guard.say(service, usable, now())
          kept += held
          losers += Number(held > 0)
          changed.push(service)
        }
        count += changed.length
        this.#emit(changed)
      },
    )
    if (kept > 0)
      log.warn(
        this.#told({ instances: kept, services: losers }),
        'instances have left the registry; they are kept for now',
      )
    return count
  }

  #lose(error: Error, failures: number): void {
    const { now, log } = this.#context
    this.#lostMs ??= now()
    this.#reason = error.message
    this.#guard.lose(now())
    // Once per outage at `warn`, with the first reason; the retries are for those who look closer.
    const say = failures === 1 ? 'warn' : 'debug'
    const serving = this.#guard.state === 'pending' ? 'nothing yet' : 'the last view'
    log[say](this.#told({ reason: error.message, failures, serving }), 'the registry cannot be read')
    this.#restore()
    this.#watchman.look()
  }

  #restore(): void {
    if (this.#guard.state === 'pending') this.#restoring ??= this.#fromDisk()
  }

  async #fromDisk(): Promise<void> {
    const snapshot = await this.#keeper?.load()
    if (this.#guard.state !== 'pending') return
    if (snapshot) await this.#takeSnapshot(snapshot)
    else this.#gaveUp = true
    this.#emit([])
  }

  async #takeSnapshot(snapshot: Snapshot): Promise<void> {
    const { log, now } = this.#context
    this.#snapshotAgeMs = Math.max(0, Date.now() - snapshot.savedAt)
    this.#lostMs ??= now()
    this.#said = snapshot.view
    this.#guard.restore(snapshot.view, now())
    const savedAt = new Date(snapshot.savedAt).toISOString()
    log.warn(
      this.#told({ savedAt, services: snapshot.view.size }),
      'the gateway serves from its snapshot of the registry',
    )
    const names = [...snapshot.view].map(([service]) => service)
    await inTurns(
      slices(names, (service) => this.#said.get(service)!.length),
      (slice) => this.#emit(slice),
    )
    this.#learnt()
  }

  #learnt(): void {
    this.#watchman.look()
    if (this.#known) return
    this.#known = true
    this.#emit([])
  }

  #emit(services: readonly string[]): void {
    this.#changed(services)
    if (services.length > 0 && (this.#guard.state === 'live' || this.#guard.state === 'recovering'))
      this.#keeper?.changed()
  }

  *#toKeep(): Generator<readonly [string, readonly Instance[]]> {
    for (const service of this.#guard.services()) {
      const served = this.#guard.served(service)
      if (served) yield [service, served.instances]
    }
  }

  #told(fields: object): object {
    return { registry: this.spec.name, ...fields }
  }
}
