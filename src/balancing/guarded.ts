import type { BalancingStrategy, Endpoint, Logger, PickContext } from '../plugin/index.ts'

/**
 * A strategy that may be anybody's code: what it throws while it is made or updated is logged, and shows again as the
 * failure of a pick, so of one request. What the hooks around a pick throw is logged once, and the request goes on without,
 * as it does where the strategy has no such hook.
 */
export function guarded(service: string, make: () => BalancingStrategy, log: Logger): BalancingStrategy {
  try {
    return new Guarded(service, make(), log)
  } catch (err) {
    log.error({ service, err }, 'a balancing strategy could not be made')
    return {
      pick() {
        throw err
      },
    }
  }
}

/** One for each service, most of which are rarely asked for: hence no more closures than it takes. */
class Guarded implements BalancingStrategy {
  readonly #service: string
  readonly #strategy: BalancingStrategy
  readonly #log: Logger
  /** Hooks that have failed: they run with every request, and would fill the log. */
  #failed: string[] | undefined
  /** Only where the strategy has one: a list would be made for it at each change. */
  readonly update?: (endpoints: readonly Endpoint[]) => void

  constructor(service: string, strategy: BalancingStrategy, log: Logger) {
    this.#service = service
    this.#strategy = strategy
    this.#log = log
    if (strategy.update) this.update = (endpoints) => this.#update(endpoints)
  }

  pick(endpoints: readonly Endpoint[], context: PickContext): Endpoint {
    return this.#strategy.pick(endpoints, context)
  }

  #update(endpoints: readonly Endpoint[]): void {
    try {
      this.#strategy.update!(endpoints)
    } catch (err) {
      this.#log.error({ service: this.#service, err }, 'a balancing strategy failed on an update')
    }
  }

  observe(endpoint: Endpoint, latencyMs: number, failed: boolean): void {
    try {
      this.#strategy.observe?.(endpoint, latencyMs, failed)
    } catch (err) {
      this.#complain('observe', err)
    }
  }

  keeps(context: PickContext): Endpoint | undefined {
    try {
      return this.#strategy.keeps?.(context)
    } catch (err) {
      this.#complain('keeps', err)
      return undefined
    }
  }

  /** NaN: it cannot be told. */
  score(endpoint: Endpoint, context: PickContext, endpoints: readonly Endpoint[]): number {
    try {
      return this.#strategy.score?.(endpoint, context, endpoints) ?? Number.NaN
    } catch (err) {
      this.#complain('score', err)
      return Number.NaN
    }
  }

  #complain(hook: string, err: unknown): void {
    this.#failed ??= []
    if (this.#failed.includes(hook)) return
    this.#failed.push(hook)
    this.#log.error({ service: this.#service, hook, err }, 'a balancing strategy failed')
  }
}
