import { defineAdapter, type PluginContext, type RegistryAdapter, type RegistryView } from '../../src/plugin/index.ts'
import { assertLibrary } from './client.ts'
import { Instances } from './instances.ts'
import { layouts } from './layouts/index.ts'
import type { Link } from './link.ts'
import { type Options, options } from './options.ts'
import { Servers } from './servers.ts'
import { Tree } from './tree.ts'

/** Services from ZooKeeper: `<root>/<service>/<instance>`. A root that does not exist (yet) is a registry without services. */
export const zookeeper = defineAdapter<Options>({
  name: 'zookeeper',
  options,
  create: (options, context) => new ZooKeeperAdapter(options, context),
})

class ZooKeeperAdapter implements RegistryAdapter {
  readonly #options: Options
  readonly #instances: Instances
  readonly #servers: Servers
  #view: RegistryView = new Map()

  constructor(options: Options, context: PluginContext) {
    assertLibrary()
    this.#options = options
    this.#instances = new Instances(layouts[options.layout], context.log)
    this.#servers = new Servers(options, context)
  }

  async *watch(signal: AbortSignal): AsyncGenerator<RegistryView> {
    if (signal.aborted) return
    let link: Link | undefined
    try {
      link = await this.#servers.connect(signal)
      const tree = new Tree(link, this.#options.root, this.#instances, this.#view)
      for (let first = true; ; first = false) {
        const view = await tree.read()
        const news = first || differ(view, this.#view)
        this.#view = view
        if (news) yield view
        await tree.stirred()
      }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      await link?.close()
    }
  }
}

function differ(a: RegistryView, b: RegistryView): boolean {
  return a.size !== b.size || [...a].some(([name, list]) => b.get(name) !== list)
}
