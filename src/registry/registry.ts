import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger, RegistryAdapter, RegistryView } from '../plugin/index.ts'
import { follow } from './follow.ts'
import { normaliser } from './normalise.ts'
import { difference, fullUpdate, type RegistryUpdate } from './update.ts'

const CLOSE_TIMEOUT_MS = 2000

export type RegistryState = 'pending' | 'live' | 'stale'

export interface RegistryStatus {
  /** `pending` before the first view; `stale` while the registry cannot be read and the last view is used on. */
  readonly state: RegistryState
  /** Counts the views that changed something. */
  readonly version: number
  readonly services: number
  readonly instances: number
  /** Since the registry last said something or, while stale, since it fell silent. 0 while live: a quiet registry is not an old one. */
  readonly ageMs: number
}

export interface RegistryOptions {
  readonly log: Logger
  now(): number
  delayMs(failures: number): number
}

/** Control plane: follows the adapter, keeps the last view, tells listeners what changed. */
export class Registry {
  readonly #adapter: RegistryAdapter
  readonly #options: RegistryOptions
  readonly #listeners = new Set<(update: RegistryUpdate) => void>()
  readonly #stop = new AbortController()
  readonly #normalise: (view: RegistryView) => RegistryView
  #view: RegistryView | undefined
  #version = 0
  #staleSince: number | undefined
  #following: Promise<void> | undefined

  constructor(adapter: RegistryAdapter, options: RegistryOptions) {
    this.#adapter = adapter
    this.#options = options
    this.#normalise = normaliser(options.log)
  }

  start(): void {
    this.#following ??= follow(
      this.#adapter,
      { view: (view) => this.#receive(view), stale: (error, failures) => this.#lose(error, failures) },
      { signal: this.#stop.signal, delayMs: this.#options.delayMs },
    )
  }

  /** Calls `listener` with everything that is known, at once if there is a view, and then with each change. */
  subscribe(listener: (update: RegistryUpdate) => void): () => void {
    this.#listeners.add(listener)
    if (this.#view) listener(fullUpdate(this.#view))
    return () => this.#listeners.delete(listener)
  }

  get view(): RegistryView | undefined {
    return this.#view
  }

  get status(): RegistryStatus {
    const view = this.#view
    let instances = 0
    for (const [, list] of view ?? []) instances += list.length
    return {
      state: !view ? 'pending' : this.#staleSince === undefined ? 'live' : 'stale',
      version: this.#version,
      services: view?.size ?? 0,
      instances,
      ageMs: this.#staleSince === undefined ? 0 : this.#options.now() - this.#staleSince,
    }
  }

  /** Waits for the adapter to let go, but not for ever: it may be anybody's code. */
  async close(): Promise<void> {
    this.#stop.abort()
    await Promise.race([this.#following, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })])
  }

  #receive(yielded: RegistryView): void {
    const { log } = this.#options
    const view = this.#normalise(yielded)
    const update = this.#view ? difference(this.#view, view) : fullUpdate(view)
    if (this.#staleSince !== undefined)
      log.info({ staleMs: this.#options.now() - this.#staleSince }, 'the registry is back')
    this.#staleSince = undefined
    this.#view = view
    if (!update) return
    this.#version++
    log.debug(
      { version: this.#version, changed: update.services.length, removed: update.removed.length },
      'the registry changed',
    )
    for (const listener of this.#listeners) listener(update)
  }

  #lose(error: Error, failures: number): void {
    // Once per outage at `warn`, with the first reason; the retries are for those who look closer.
    const say = failures === 1 ? 'warn' : 'debug'
    this.#staleSince ??= this.#options.now()
    this.#options.log[say](
      { reason: error.message, failures, serving: this.#view ? 'the last view' : 'nothing yet' },
      'the registry cannot be read',
    )
  }
}
