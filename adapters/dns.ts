import { promises } from 'node:dns'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import {
  defineAdapter,
  type Instance,
  type LeftOut,
  type PluginContext,
  type RegistryAdapter,
  type RegistryView,
} from '../src/plugin/index.ts'
import { type Answer, ask, type Questions } from './dns/ask.ts'
import { inTurns } from './dns/in-turns.ts'
import { type Options, options, type Service } from './dns/options.ts'

/**
 * Services from DNS: each is a name whose SRV records, or whose addresses, are its instances, and is asked for again when
 * the answer has lived as long as it says. DNS cannot be listed, so the services are in the options, and always known.
 */
export const dns = defineAdapter<Options>({
  name: 'dns',
  options,
  create: (options, context) => new DnsAdapter(options, context),
})

const CONCURRENCY = 8

/** A service, and what was last heard of it. */
interface Known {
  readonly name: string
  readonly service: Service
  list: readonly Instance[]
  wrong: Answer['wrong']
  /** Why there is no answer at the moment. */
  failure: Error | undefined
  told: boolean
  dueMs: number
}

class DnsAdapter implements RegistryAdapter {
  readonly #options: Options
  readonly #context: PluginContext
  readonly #known: readonly Known[]

  constructor(options: Options, context: PluginContext) {
    this.#options = options
    this.#context = context
    const nothing = { list: [], wrong: new Map(), failure: undefined, told: false, dueMs: 0 }
    this.#known = Object.entries(options.services).map(([name, service]) => ({ name, service, ...nothing }))
  }

  async *watch(signal: AbortSignal): AsyncGenerator<RegistryView> {
    if (signal.aborted) return
    const { servers, family, timeout, tries } = this.#options
    const resolver = new promises.Resolver({ timeout, tries })
    if (servers) resolver.setServers(servers)
    const cancel = () => resolver.cancel()
    signal.addEventListener('abort', cancel)
    const families = family === 'any' ? ([4, 6] as const) : [family]
    try {
      for (const known of this.#known) known.dueMs = 0
      for (let last: RegistryView | undefined; ; ) {
        await this.#askForDue({ resolver, families, signal })
        const view = new Map(this.#known.map(({ name, list }) => [name, list]))
        if (!last || this.#known.some(({ name, list }) => last!.get(name) !== list)) yield view
        last = view
        await sleep(this.#restMs(), undefined, { signal })
      }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      signal.removeEventListener('abort', cancel)
      resolver.cancel()
    }
  }

  *leftOut(): Generator<LeftOut> {
    for (const { wrong } of this.#known) for (const [place, reason] of wrong) yield { place, reason }
  }

  /** @throws Error when there is no answer for any service at the moment */
  async #askForDue(questions: Questions): Promise<void> {
    const now = this.#context.now()
    const due = this.#known.filter(({ dueMs }) => dueMs <= now)
    await inTurns(CONCURRENCY, due, (known) => this.#askFor(known, questions))
    questions.signal.throwIfAborted()
    const [cause] = this.#known.map(({ failure }) => failure)
    if (cause && this.#known.every(({ failure }) => failure))
      throw new Error(`no answer from DNS: ${cause.message}`, { cause })
    for (const known of this.#known) this.#tell(known)
  }

  async #askFor(known: Known, questions: Questions): Promise<void> {
    const { min, max } = this.#options.refresh
    try {
      const answer = await ask(questions, known.service)
      this.#take(known, answer)
      known.dueMs = this.#context.now() + Math.min(max, Math.max(min, answer.ttlMs))
    } catch (error) {
      known.failure = error as Error
      known.dueMs = this.#context.now() + min
    }
  }

  #take(known: Known, { instances, wrong }: Answer): void {
    for (const [place, reason] of wrong)
      if (known.wrong.get(place) !== reason) this.#context.log.warn({ place, reason }, `${place} left out: ${reason}`)
    if (!isDeepStrictEqual(known.list, instances)) known.list = instances
    known.wrong = wrong
    known.failure = undefined
  }

  /** Once for as long as it lasts. */
  #tell(known: Known): void {
    const { name, failure, told } = known
    if (failure && !told)
      this.#context.log.warn(
        { service: name, reason: failure.message },
        `${name} keeps its last answer: ${failure.message}`,
      )
    known.told = failure !== undefined
  }

  #restMs(): number {
    const next = Math.min(...this.#known.map(({ dueMs }) => dueMs))
    return Math.max(0, next - this.#context.now())
  }
}
