import type { PluginContext } from './context.ts'
import type { Instance } from './instance.ts'
import type { Schema } from './schema.ts'

/** An instance plus what this worker has measured of it. The counters are live: they change between picks. */
export interface Endpoint {
  readonly instance: Instance
  /** Leases that have not ended: a request counts until its response body has ended. */
  readonly inFlight: number
  /** Decaying mean of the time to the response head, in milliseconds; 0 before the first answer. */
  readonly latencyMs: number
  readonly weight: number
}

/** What a pick may depend on besides the endpoints. Header names are in lower case. */
export interface PickContext {
  readonly service: string
  readonly method: string
  readonly path: string
  readonly clientAddress: string
  header(name: string): string | undefined
}

export interface BalancingStrategy {
  /** Chooses one of `endpoints`: all fit, never an empty list. Must be synchronous and must not keep the array. */
  pick(endpoints: readonly Endpoint[], context: PickContext): Endpoint
  /** Membership or weights changed. `endpoints` are all of the service, fit or not: rebuild rings and schedules, forget leavers. */
  update?(endpoints: readonly Endpoint[]): void
}

export interface StrategyPlugin<Options = unknown> {
  readonly kind: 'strategy'
  readonly name: string
  readonly options?: Schema<Options>
  /** Called once per service; the strategy then lives as long as the service is known. */
  create(options: Options, context: PluginContext): BalancingStrategy
}

export function defineStrategy<Options = undefined>(
  plugin: Omit<StrategyPlugin<Options>, 'kind'>,
): StrategyPlugin<Options> {
  return { ...plugin, kind: 'strategy' }
}
