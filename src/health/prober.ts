import type { ActiveConfig } from '../config/types.ts'
import type { Instance, Logger } from '../plugin/index.ts'
import type { RegistryUpdate } from '../registry/index.ts'
import { DueQueue } from './due-queue.ts'
import { Target } from './target.ts'

/** Connections that are open for probes at any moment. */
const MOST_AT_ONCE = 200
/** Probes that are begun before the process may do something else. */
const MOST_IN_A_TURN = 20
/** Within so long everybody of a large table is due for the first time: it comes with a lot of other work. */
const MOST_SPREAD_MS = 1000
/** What a timer can hold. */
const LONGEST_MS = 2 ** 31 - 1

/** Of one instance, on change. */
export type Verdict = readonly [service: string, id: string, up: boolean]

export interface ProberOptions {
  readonly log: Logger
  /** What holds for a service; null: it is not probed. */
  settings(service: string): ActiveConfig | null
  /** Asks once; null: healthy, else why not. */
  probe(instance: Instance, config: ActiveConfig, service: string): Promise<string | null>
  /** Called after each probe of an instance that is down. */
  failing(service: string, id: string): void
  /** Monotonic milliseconds. */
  now(): number
  /** Epoch milliseconds. */
  wallMs(): number
  /** Uniform in [0, 1). */
  random(): number
}

interface ServiceProbes {
  readonly config: ActiveConfig
  readonly targets: Map<string, Target>
  passed: number
  failed: number
}

export interface ProbeTally {
  readonly service: string
  readonly passed: number
  readonly failed: number
  readonly healthy: number
  readonly unhealthy: number
}

/**
 * Asks the instances of all services that are to be probed, again and again, those that are only kept by the guard and those
 * that are draining too, but not those that are registered as down. Each begins with a probe at once; a large table is spread a little.
 */
export class Prober {
  readonly #options: ProberOptions
  readonly #services = new Map<string, ServiceProbes>()
  readonly #queue = new DueQueue<Target>()
  readonly #listeners = new Set<(verdict: Verdict) => void>()
  #timer: NodeJS.Timeout | undefined
  #running = 0
  #closed = false

  constructor(options: ProberOptions) {
    this.#options = options
  }

  /** Calls `listener` with each verdict that is new. An instance that it is about has always been in an update before. */
  subscribe(listener: (verdict: Verdict) => void): void {
    this.#listeners.add(listener)
  }

  /** Takes over what the registry says. Who has another address, or has registered anew, begins anew. */
  apply({ services, removed }: RegistryUpdate): void {
    for (const service of removed) this.#drop(service)
    const newcomers = services.flatMap(({ name, instances, gone }) => this.#take(name, instances, gone))
    const { now, random } = this.#options
    const spreadMs = Math.min(newcomers.length - 1, MOST_SPREAD_MS)
    for (const target of newcomers) this.#plan(target, now(), random() * spreadMs)
    this.#arm()
  }

  /** All verdicts that hold. */
  *verdicts(): Generator<Verdict> {
    for (const [service, { targets }] of this.#services)
      for (const [id, { state }] of targets) if (state !== 'unknown') yield [service, id, state === 'up']
  }

  /** undefined: the instance is not probed. */
  target(service: string, id: string): Target | undefined {
    return this.#services.get(service)?.targets.get(id)
  }

  /** What all probes of each service came to since it is known, and how its instances are now. */
  *tallies(): Generator<ProbeTally> {
    for (const [service, { targets, passed, failed }] of this.#services) {
      let [healthy, unhealthy] = [0, 0]
      for (const { state } of targets.values()) {
        if (state === 'up') healthy++
        if (state === 'down') unhealthy++
      }
      yield { service, passed, failed, healthy, unhealthy }
    }
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #take(service: string, instances: readonly Instance[], gone: readonly string[] | undefined): Target[] {
    const probes = this.#services.get(service) ?? this.#open(service)
    if (!probes) return []
    const { targets, config } = probes
    const present = new Set(instances.map(({ id }) => id))
    for (const id of gone ?? [...targets.keys()].filter((known) => !present.has(known))) leave(targets, id)
    return instances.flatMap((instance) => {
      if (goesOn(targets, instance) || instance.status === 'down') return []
      const target = new Target(service, instance, config)
      targets.set(instance.id, target)
      return [target]
    })
  }

  #open(service: string): ServiceProbes | undefined {
    const config = this.#options.settings(service)
    if (config === null) return undefined
    const probes = { config, targets: new Map(), passed: 0, failed: 0 }
    this.#services.set(service, probes)
    return probes
  }

  #drop(service: string): void {
    const targets = this.#services.get(service)?.targets
    if (targets) for (const id of [...targets.keys()]) leave(targets, id)
    this.#services.delete(service)
  }

  #plan(target: Target, nowMs: number, waitMs: number): void {
    target.dueMs = nowMs + waitMs
    this.#queue.add(target)
  }

  #arm(): void {
    clearTimeout(this.#timer)
    const { first } = this.#queue
    if (this.#closed || !first || this.#running >= MOST_AT_ONCE) return
    const waitMs = Math.min(LONGEST_MS, Math.max(0, first.dueMs - this.#options.now()))
    this.#timer = setTimeout(() => this.#turn(), waitMs).unref()
  }

  #turn(): void {
    const nowMs = this.#options.now()
    for (let begun = 0; begun < MOST_IN_A_TURN && this.#running < MOST_AT_ONCE; ) {
      const { first } = this.#queue
      if (!first || first.dueMs > nowMs) break
      this.#queue.take()
      if (first.left) continue
      begun++
      void this.#probe(first)
    }
    this.#arm()
  }

  async #probe(target: Target): Promise<void> {
    const { probe, failing, now, random } = this.#options
    this.#running++
    const reason = await probe(target.instance, target.config, target.service).catch((error: Error) => error.message)
    this.#running--
    if (!target.left && !this.#closed) {
      this.#judge(target, reason)
      this.#plan(target, now(), target.intervalMs(random()))
      if (target.state === 'down') failing(target.service, target.instance.id)
    }
    this.#arm()
  }

  #judge(target: Target, reason: string | null): void {
    const { service, instance } = target
    const probes = this.#services.get(service)!
    if (reason === null) probes.passed++
    else probes.failed++
    const before = target.state
    target.take(reason, this.#options.wallMs())
    if (target.state === before) return
    this.#tell(target, before)
    for (const listener of this.#listeners) listener([service, instance.id, target.state === 'up'])
  }

  #tell({ service, instance, state, reason }: Target, before: Target['state']): void {
    const { log } = this.#options
    const fields = { service, instance: instance.id }
    if (state === 'down') log.warn({ ...fields, reason }, 'an instance fails its probes')
    else if (before === 'down') log.info(fields, 'an instance passes its probes again')
    else log.debug(fields, 'an instance passes its first probe')
  }
}

/** Whether it is still what it was; if not, what was known of it is forgotten. */
function goesOn(targets: Map<string, Target>, instance: Instance): boolean {
  const known = targets.get(instance.id)
  if (instance.status === 'down' || !known?.isSame(instance)) {
    leave(targets, instance.id)
    return false
  }
  known.instance = instance
  return true
}

function leave(targets: Map<string, Target>, id: string): void {
  const target = targets.get(id)
  if (target) target.left = true
  targets.delete(id)
}
