import type { PluginContext } from './context.ts'
import type { Instance } from './instance.ts'
import type { Schema } from './schema.ts'
import type { LeftOut, RegistryView } from './view.ts'

export interface RegistryAdapter {
  /**
   * Yields the complete view once it is first known and again after each (coalesced) change. The array of a service
   * that did not change should be the same object as in the view before: the core then compares one pointer.
   *
   * Ends when `signal` aborts. A throw means "cannot read": the core keeps the last view, marks it stale and calls
   * `watch` again after a jittered backoff, so an adapter needs no retry loop of its own. Release everything in `finally`.
   */
  watch(signal: AbortSignal): AsyncIterable<RegistryView>
  /**
   * Announces `instance` under `service` and holds the registration, through all failures, until `signal` aborts; then takes
   * it back and resolves. Each time it has been made, `context.log.info` says so. Rejects with what trying again cannot mend.
   * Whoever knows several forms writes the one that `instance.layout` names.
   */
  register?(service: string, instance: Instance, signal: AbortSignal): Promise<void>
  /** What is registered now and cannot be used. It has been warned of when it was found. */
  leftOut?(): Iterable<LeftOut>
  /** How long the registry keeps a registration whose owner it has lost: after an outage removals wait no less. */
  readonly sessionTimeoutMs?: number
}

export interface AdapterPlugin<Options = unknown> {
  readonly kind: 'adapter'
  readonly name: string
  readonly options?: Schema<Options>
  /** It reads from this machine's disk what people have written there: what is gone is meant to be, and needs no snapshot. */
  readonly local?: boolean
  /** Must have no side effects: connections are opened by `watch`. */
  create(options: Options, context: PluginContext): RegistryAdapter
}

export function defineAdapter<Options = undefined>(
  plugin: Omit<AdapterPlugin<Options>, 'kind'>,
): AdapterPlugin<Options> {
  return { ...plugin, kind: 'adapter' }
}
