import type { Instance, Logger } from '../plugin/index.ts'
import type { Guard } from './guard.ts'

const LEAST_TICK_MS = 20
const MOST_TICK_MS = 1000
const PROBE_MS = 2000
/** Of those that are held, in each round: after a mass removal they may be thousands. */
const MOST_PROBES = 100

export interface WatchmanContext {
  readonly log: Logger
  now(): number
  reaches(instance: Instance): Promise<boolean>
}

/**
 * Gives a guard its time: calls `tick` while something may become due, and tries connections: to those that are held,
 * whether they live, and to those that failed while the registry could not be read, whether they are back. Has no timer when
 * there is nothing to wait for.
 */
export class Watchman {
  readonly #guard: Guard
  readonly #context: WatchmanContext
  readonly #changed: (services: readonly string[]) => void
  #tick: NodeJS.Timeout | undefined
  #probe: NodeJS.Timeout | undefined
  #probed = 0
  #closed = false

  constructor(guard: Guard, context: WatchmanContext, changed: (services: readonly string[]) => void) {
    this.#guard = guard
    this.#context = context
    this.#changed = changed
  }

  /** Something has happened to the guard. */
  look(): void {
    if (this.#closed) return
    if (this.#guard.restless) this.#tick ??= setTimeout(() => this.#onTick(), this.#tickMs()).unref()
    if (this.#guard.hasDoubts) this.#probe ??= setTimeout(() => void this.#onProbe(), PROBE_MS).unref()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#tick)
    clearTimeout(this.#probe)
  }

  #tickMs(): number {
    return Math.min(MOST_TICK_MS, Math.max(LEAST_TICK_MS, this.#guard.windowMs / 10))
  }

  #onTick(): void {
    this.#tick = undefined
    const released = this.#guard.tick(this.#context.now())
    if (released.length > 0)
      this.#context.log.info({ services: released.length }, 'instances that had left the registry are let go')
    this.#changed(released)
    this.look()
  }

  async #onProbe(): Promise<void> {
    const suspects = [...this.#guard.purged(), ...this.#someHeld()]
    const found = await Promise.all(
      suspects.map(
        async ([service, instance]) => [service, instance.id, await this.#context.reaches(instance)] as const,
      ),
    )
    this.#probe = undefined
    if (this.#closed) return
    const changed = found.filter(([service, id, reached]) =>
      reached ? this.#guard.reachable(service, id) : this.#guard.unreachable(service, id, this.#context.now()),
    )
    if (changed.length > 0) this.#changed([...new Set(changed.map(([service]) => service))])
    this.look()
  }

  /** Others in each round, when there are many. */
  #someHeld(): (readonly [service: string, instance: Instance])[] {
    const held = [...this.#guard.held()]
    const from = held.length > MOST_PROBES ? this.#probed % held.length : 0
    this.#probed = from + MOST_PROBES
    return [...held.slice(from), ...held.slice(0, from)]
      .slice(0, MOST_PROBES)
      .map(({ service, instance }) => [service, instance])
  }
}
