import {
  defineAdapter,
  type Instance,
  type LeftOut,
  type PluginContext,
  type RegistryAdapter,
  type RegistryView,
} from '../../src/plugin/index.ts'
import type { ZooKeeperAdapter } from './adapter.ts'
import { type Options, options } from './options.ts'

/** Services from ZooKeeper: `<root>/<service>/<instance>`. A root that does not exist (yet) is a registry without services. */
export const zookeeper = defineAdapter<Options>({
  name: 'zookeeper',
  options,
  create: (options, context) => new Unloaded(options, context),
})

/** The client library and all that goes with it are loaded by those who use this adapter, not by all who could name it. */
class Unloaded implements RegistryAdapter {
  readonly #options: Options
  readonly #context: PluginContext
  #adapter: ZooKeeperAdapter | undefined

  constructor(options: Options, context: PluginContext) {
    this.#options = options
    this.#context = context
  }

  get sessionTimeoutMs(): number {
    return this.#adapter?.sessionTimeoutMs ?? this.#options.sessionTimeout
  }

  leftOut(): Iterable<LeftOut> {
    return this.#adapter?.leftOut() ?? []
  }

  async *watch(signal: AbortSignal): AsyncGenerator<RegistryView> {
    yield* (await this.#loaded()).watch(signal)
  }

  async register(service: string, instance: Instance, signal: AbortSignal): Promise<void> {
    return (await this.#loaded()).register(service, instance, signal)
  }

  async #loaded(): Promise<ZooKeeperAdapter> {
    const { ZooKeeperAdapter } = await import('./adapter.ts')
    this.#adapter ??= new ZooKeeperAdapter(this.#options, this.#context)
    return this.#adapter
  }
}
