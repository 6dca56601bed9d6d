import type { RegistryAdapter, RegistryView } from '../../src/plugin/index.ts'

const PATIENCE_MS = 10_000

/** Addresses by service: what a view says, short enough to read and to compare. */
export type Summary = Readonly<Record<string, readonly string[]>>

/** Consumes a watch as the gateway does, and waits for what a test is interested in. */
export class Following {
  /** Every view so far. */
  readonly views: RegistryView[] = []
  /** Why the watch failed, once it has. */
  error: Error | undefined
  readonly #abort = new AbortController()
  readonly #ended: Promise<void>
  readonly #named: Summary
  #over = false
  #stirred = () => {}

  /** @param named services that are always known, and need not be expected by name while they have no instance */
  constructor(adapter: RegistryAdapter, named: readonly string[] = []) {
    this.#named = Object.fromEntries(named.map((service) => [service, []]))
    this.#ended = this.#follow(adapter)
  }

  /** The latest view; `undefined` before the first. */
  get view(): RegistryView | undefined {
    return this.views.at(-1)
  }

  /** Resolves with the latest view when it satisfies `test`; rejects when the watch ends or 10 s have gone by. */
  async until(test: (view: RegistryView) => boolean, what = 'the expected view'): Promise<RegistryView> {
    await this.#when(() => (this.view !== undefined && test(this.view)) || this.#over, what)
    if (this.view && test(this.view)) return this.view
    throw new Error(`the watch ended before ${short(what)}: ${this.error?.message ?? 'without an error'}`, {
      cause: this.error,
    })
  }

  /** Resolves when the latest view says exactly this, in any order. */
  shows(expected: Summary): Promise<RegistryView> {
    const wanted = text(sorted({ ...this.#named, ...expected }))
    return this.until((view) => text(summary(view)) === wanted, wanted)
  }

  /** Resolves with the error that the watch throws. */
  async failure(): Promise<Error> {
    await this.#when(() => this.#over, 'a failure')
    if (this.error) return this.error
    throw new Error('the watch ended without an error')
  }

  /** Aborts; rejects when the watch throws because of it or does not end. */
  async stop(): Promise<void> {
    const { error } = this
    this.#abort.abort()
    await this.#when(() => this.#over, 'the end of the watch after an abort')
    await this.#ended
    if (this.error !== error) throw this.error
  }

  async #follow(adapter: RegistryAdapter): Promise<void> {
    try {
      for await (const view of adapter.watch(this.#abort.signal)) {
        this.views.push(view)
        this.#stirred()
      }
    } catch (error) {
      this.error = error as Error
    } finally {
      this.#over = true
      this.#stirred()
    }
  }

  #when(come: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () =>
        reject(new Error(`no ${short(what)} within ${PATIENCE_MS} ms; the latest view is ${this.#latest()}`))
      const timer = setTimeout(late, PATIENCE_MS)
      this.#stirred = () => {
        if (come()) resolve(clearTimeout(timer))
      }
      this.#stirred()
    })
  }

  #latest(): string {
    return this.view ? short(text(summary(this.view))) : 'none'
  }
}

export function summary(view: RegistryView): Summary {
  return sorted(Object.fromEntries([...view].map(([name, list]) => [name, list.map(({ id }) => id)])))
}

function sorted(services: Summary): Summary {
  const names = Object.keys(services).sort()
  return Object.fromEntries(names.map((name) => [name, [...services[name]!].sort()]))
}

const text = (services: Summary) => JSON.stringify(services)
const short = (what: string) => (what.length > 300 ? `${what.slice(0, 300)}…` : what)
