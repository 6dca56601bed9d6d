import {
  type Instance,
  type LeftOut,
  type PluginContext,
  type RegistryAdapter,
  SharedView,
} from '../../src/plugin/index.ts'
import { assertLibrary } from './client.ts'
import { Complaints } from './complaints.ts'
import { readerOf } from './layouts/index.ts'
import type { Link } from './link.ts'
import type { Options } from './options.ts'
import { register } from './register.ts'
import type { Connect } from './registrar.ts'
import { Selection } from './selection.ts'
import { Servers } from './servers.ts'
import { Tree, type Wish } from './tree.ts'

/** What `zookeeper` is, once it is asked to do something. */
export class ZooKeeperAdapter implements RegistryAdapter {
  readonly #options: Options
  readonly #context: PluginContext
  readonly #complaints: Complaints
  readonly #wish: Wish
  readonly #servers: Servers
  #view = SharedView.empty
  #sessionTimeoutMs: number

  constructor(options: Options, context: PluginContext) {
    assertLibrary()
    this.#options = options
    this.#context = context
    this.#complaints = new Complaints(context.log)
    this.#wish = wish(options)
    this.#servers = new Servers(options, context)
    this.#sessionTimeoutMs = options.sessionTimeout
  }

  /** Asked for; what the server has granted once there has been a session. */
  get sessionTimeoutMs(): number {
    return this.#sessionTimeoutMs
  }

  leftOut(): Iterable<LeftOut> {
    return this.#complaints
  }

  async *watch(signal: AbortSignal): AsyncGenerator<SharedView> {
    if (signal.aborted) return
    let link: Link | undefined
    try {
      link = await this.#servers.connect(signal)
      this.#sessionTimeoutMs = link.sessionTimeoutMs
      const tree = new Tree(link, this.#wish, this.#complaints, this.#view)
      for (let first = true; ; first = false) {
        const view = await tree.read()
        const news = first || view !== this.#view
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
    const connect: Connect = (signal) => this.#servers.connect(signal)
    return register(service, instance, signal, this.#options, this.#context, connect)
  }
}

function wish({ root, services, nested, layout, port, metadata }: Options): Wish {
  const reader = readerOf(layout, port === undefined ? { metadata } : { port, metadata })
  return { root, selection: new Selection(services), nested, reader }
}
