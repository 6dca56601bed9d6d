import {
  defineAdapter,
  type Instance,
  type PluginContext,
  type RegistryAdapter,
  type RegistryView,
} from '../../src/plugin/index.ts'
import { assertLibrary } from './client.ts'
import { Instances } from './instances.ts'
import { layouts } from './layouts/index.ts'
import { Link, printed } from './link.ts'
import { type Options, options } from './options.ts'
import { register } from './register.ts'
import type { Connect } from './registrar.ts'
import { Tree } from './tree.ts'

/** Services from ZooKeeper: `<root>/<service>/<instance>`. A root that does not exist (yet) is a registry without services. */
export const zookeeper = defineAdapter<Options>({
  name: 'zookeeper',
  options,
  create: (options, context) => new ZooKeeperAdapter(options, context),
})

class ZooKeeperAdapter implements RegistryAdapter {
  readonly #options: Options
  readonly #context: PluginContext
  readonly #instances: Instances
  #turn: number
  #view: RegistryView = new Map()

  constructor(options: Options, context: PluginContext) {
    assertLibrary()
    this.#options = options
    this.#context = context
    this.#instances = new Instances(layouts[options.layout], context.log)
    this.#turn = Math.floor(context.random() * options.hosts.length) // gateways need not all ask the same server first
  }

  async *watch(signal: AbortSignal): AsyncGenerator<RegistryView> {
    if (signal.aborted) return
    let link: Link | undefined
    try {
      link = await this.#connect(signal)
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

  register(service: string, instance: Instance, signal: AbortSignal): Promise<void> {
    const connect: Connect = (signal) => this.#connect(signal)
    return register(service, instance, signal, this.#options, this.#context, connect)
  }

  /** Asks every server once, starting where the call before this one left off. */
  async #connect(signal: AbortSignal): Promise<Link> {
    const { hosts, sessionTimeout, connectTimeout } = this.#options
    const reasons: string[] = []
    while (reasons.length < hosts.length) {
      signal.throwIfAborted()
      const server = hosts[this.#turn++ % hosts.length]!
      const link = new Link(server, { sessionTimeoutMs: sessionTimeout, connectTimeoutMs: connectTimeout })
      const close = () => void link.close()
      signal.addEventListener('abort', close, { once: true })
      link.down.addEventListener('abort', () => signal.removeEventListener('abort', close), { once: true })
      try {
        await link.open()
        const level = reasons.length === 0 ? 'debug' : 'warn'
        this.#context.log[level]({ server: printed(server), reasons }, 'ZooKeeper session opened')
        return link
      } catch (error) {
        reasons.push((error as Error).message)
      }
    }
    throw new Error(reasons.join('; '))
  }
}

function differ(a: RegistryView, b: RegistryView): boolean {
  return a.size !== b.size || [...a].some(([name, list]) => b.get(name) !== list)
}
