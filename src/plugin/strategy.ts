import type { PluginContext } from './context.ts'
import type { Endpoint, PickContext } from './endpoint.ts'
import type { Schema } from './schema.ts'

export interface BalancingStrategy {
  /**
   * Chooses one of `endpoints`: all fit, never an empty list. Must be synchronous. A list never changes: other members or
   * other weights come as another array, so what was worked out for one holds for as long as that very array is given.
   */
  pick(endpoints: readonly Endpoint[], context: PickContext): Endpoint
  /** Membership or weights changed. `endpoints` are all of the service, fit or not: rebuild rings and schedules, forget leavers. */
  update?(endpoints: readonly Endpoint[]): void
  /**
   * An attempt came to a response head, or failed, after `latencyMs`. Not told of upgrades and event streams, nor of what
   * was nobody's fault: a client that went away, a limit of the gateway.
   */
  observe?(endpoint: Endpoint, latencyMs: number, failed: boolean): void
  /**
   * The endpoint that the request's session is bound to, if any. The gateway takes it, without a pick, if it is fit or
   * draining and this request has not tried it.
   */
  keeps?(context: PickContext): Endpoint | undefined
  /** What a pick compares, the lower the better: for people who ask why. */
  score?(endpoint: Endpoint, context: PickContext): number
}

export interface StrategyContext extends PluginContext {
  readonly service: string
  /** Makes the strategy that the option named by `inner` stands for. @throws Error when the plugin names no such option */
  inner(): BalancingStrategy
}

export interface StrategyPlugin<Options = unknown> {
  readonly kind: 'strategy'
  readonly name: string
  readonly options?: Schema<Options>
  /** The option that names another strategy, which this one chooses with: `p2c`, or `{ type, options }`. The gateway checks it. */
  readonly inner?: string
  /** Called once per service; the strategy then lives as long as the service is known. */
  create(options: Options, context: StrategyContext): BalancingStrategy
}

export function defineStrategy<O = undefined>(plugin: Omit<StrategyPlugin<O>, 'kind'>): StrategyPlugin<O> {
  return { ...plugin, kind: 'strategy' }
}
