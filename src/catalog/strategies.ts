import type { BalancingStrategy, PluginContext } from '../plugin/index.ts'
import type { Catalog } from './catalog.ts'

interface Reference {
  readonly type: string
  readonly options: unknown
}

/** Makes strategies, and those that they choose with, of references that have been checked. */
export function strategyMaker(catalog: Catalog, context: PluginContext) {
  return function make(service: string, { type, options }: Reference): BalancingStrategy {
    const plugin = catalog.strategy(type)
    const inner = () => {
      if (plugin.inner === undefined) throw new Error(`strategy "${type}" names no option for an inner one`)
      return make(service, (options as Readonly<Record<string, Reference>>)[plugin.inner]!)
    }
    return plugin.create(options, { ...context, service, inner })
  }
}
