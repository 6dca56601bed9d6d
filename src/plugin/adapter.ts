import type { PluginContext } from './context.ts'
import type { Instance } from './instance.ts'
import type { Schema } from './schema.ts'

/** All services and instances at one moment. Known but nothing registered: `[]`. Unknown: absent. */
export type RegistryView = ReadonlyMap<string, readonly Instance[]>

export interface RegistryAdapter {
  /**
   * Yields the complete view once it is first known and again after each (coalesced) change. The array of a service
   * that did not change should be the same object as in the view before: the core then compares one pointer.
   *
   * Ends when `signal` aborts. A throw means "cannot read": the core keeps the last view, marks it stale and calls
   * `watch` again after a jittered backoff, so an adapter needs no retry loop of its own. Release everything in `finally`.
   */
  watch(signal: AbortSignal): AsyncIterable<RegistryView>
  /** Announces `instance` under `service` and holds the registration until `signal` aborts. */
  register?(service: string, instance: Instance, signal: AbortSignal): Promise<void>
}

export interface AdapterPlugin<Options = unknown> {
  readonly kind: 'adapter'
  readonly name: string
  readonly options?: Schema<Options>
  /** Must have no side effects: connections are opened by `watch`. */
  create(options: Options, context: PluginContext): RegistryAdapter
}

export function defineAdapter<Options = undefined>(
  plugin: Omit<AdapterPlugin<Options>, 'kind'>,
): AdapterPlugin<Options> {
  return { ...plugin, kind: 'adapter' }
}
