import type { AdapterPlugin, MiddlewarePlugin, Plugin, StrategyPlugin } from '../plugin/index.ts'

export type PluginKind = Plugin['kind']

/** What there is to choose from in YAML: plugins by kind and name. Built-ins and others enter by the same door. */
export class Catalog {
  readonly #entries = new Map<string, { readonly plugin: Plugin; readonly origin: string }>()

  constructor(plugins: readonly Plugin[] = [], origin = 'portolan') {
    for (const plugin of plugins) this.add(plugin, origin)
  }

  /**
   * `origin` says where the plugin came from, for people.
   *
   * @throws Error when the kind already has a plugin of that name
   */
  add(plugin: Plugin, origin: string): void {
    const taken = this.#entries.get(key(plugin.kind, plugin.name))
    if (taken) throw new Error(`${plugin.kind} "${plugin.name}" is already brought by ${taken.origin}`)
    this.#entries.set(key(plugin.kind, plugin.name), { plugin, origin })
  }

  find(kind: PluginKind, name: string): Plugin | undefined {
    return this.#entries.get(key(kind, name))?.plugin
  }

  /** Sorted. */
  names(kind: PluginKind): readonly string[] {
    return [...this.#entries.values()].flatMap(({ plugin }) => (plugin.kind === kind ? [plugin.name] : [])).sort()
  }

  /** @throws Error when there is none of that name; a checked configuration names no such one */
  adapter(name: string): AdapterPlugin {
    return this.#get('adapter', name) as AdapterPlugin
  }

  /** @throws Error like `adapter` */
  strategy(name: string): StrategyPlugin {
    return this.#get('strategy', name) as StrategyPlugin
  }

  /** @throws Error like `adapter` */
  middleware(name: string): MiddlewarePlugin {
    return this.#get('middleware', name) as MiddlewarePlugin
  }

  #get(kind: PluginKind, name: string): Plugin {
    const plugin = this.find(kind, name)
    if (plugin) return plugin
    throw new Error(`no ${kind} is named "${name}"; known: ${this.names(kind).join(', ')}`)
  }
}

const key = (kind: PluginKind, name: string) => `${kind} ${name}`
