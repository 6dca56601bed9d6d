import type { Instance, Logger } from '../plugin/index.ts'
import type { Guard } from './guard.ts'

const LEAST_TICK_MS = 20
const MOST_TICK_MS = 1000
const RECHECK_MS = 2000

export interface WatchmanContext {
  readonly log: Logger
  now(): number
  reaches(instance: Instance): Promise<boolean>
}

/**
 * Gives a guard its time: calls `tick` while something may become due, and looks, while the registry cannot be read,
 * whether those that failed can be connected to again. Has no timer when there is nothing to wait for.
 */
export class Watchman {
  readonly #guard: Guard
  readonly #context: WatchmanContext
  readonly #changed: (services: readonly string[]) => void
  #tick: NodeJS.Timeout | undefined
  #recheck: NodeJS.Timeout | undefined
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
    if (this.#guard.hasPurged) this.#recheck ??= setTimeout(() => void this.#onRecheck(), RECHECK_MS).unref()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#tick)
    clearTimeout(this.#recheck)
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

  async #onRecheck(): Promise<void> {
    const failed = [...this.#guard.purged()]
    const back = await Promise.all(
      failed.map(async ([service, instance]) => [service, instance.id, await this.#context.reaches(instance)] as const),
    )
    this.#recheck = undefined
    if (this.#closed) return
    for (const [service, id, reached] of back)
      if (reached && this.#guard.reachable(service, id)) this.#changed([service])
    this.look()
  }
}
