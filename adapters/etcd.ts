import { EventEmitter, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  defineAdapter,
  type Instance,
  isServiceName,
  type PluginContext,
  type RegistryAdapter,
  type RegistryView,
  registration,
  SERVICE_NAME,
} from '../src/plugin/index.ts'
import { beat, follow, read } from './etcd/follow.ts'
import { hold } from './etcd/hold.ts'
import { Keys } from './etcd/keys.ts'
import { type Options, options } from './etcd/options.ts'
import { Servers } from './etcd/servers.ts'

/**
 * Services from etcd v3: the keys `<prefix><service>/<host:port>`, whose value is empty or says more, such as
 * `{"weight":2,"zone":"a"}`. Read at one revision, and followed from the next one on.
 */
export const etcd = defineAdapter<Options>({
  name: 'etcd',
  options,
  create: (options, context) => new EtcdAdapter(options, context),
})

/** Long enough to make one view of a burst, short beside the time a provider takes to start. */
const COALESCE_MS = 20

class EtcdAdapter implements RegistryAdapter {
  readonly sessionTimeoutMs: number
  readonly #options: Options
  readonly #context: PluginContext
  readonly #servers: Servers
  readonly #keys: Keys

  constructor(options: Options, context: PluginContext) {
    this.sessionTimeoutMs = options.lease
    this.#options = options
    this.#context = context
    this.#servers = new Servers(options, context)
    this.#keys = new Keys(options.prefix, context.log)
  }

  async *watch(signal: AbortSignal): AsyncGenerator<RegistryView> {
    if (signal.aborted) return
    // Whatever fails, or ends, first takes all the rest with it.
    const down = new AbortController()
    const abort = () => down.abort()
    signal.addEventListener('abort', abort, { once: true })
    try {
      const changes = await this.#changes(down)
      for (let last: RegistryView | undefined; ; ) {
        const view = this.#keys.view()
        if (view !== last) yield view
        last = view
        if (!this.#keys.stirred) await once(changes, 'change', { signal: down.signal })
        await sleep(COALESCE_MS, undefined, { signal: down.signal })
      }
    } catch (error) {
      if (!signal.aborted) throw down.signal.aborted ? down.signal.reason : error
    } finally {
      signal.removeEventListener('abort', abort)
      down.abort()
    }
  }

  async register(service: string, instance: Instance, signal: AbortSignal): Promise<void> {
    if (!isServiceName(service))
      throw new TypeError(`${JSON.stringify(service)} is not a service name (${SERVICE_NAME.source})`)
    const { prefix, lease: leaseMs } = this.#options
    const { host, port } = instance
    const marker = `${prefix}${service}/`
    const key = `${marker}${host.includes(':') ? `[${host}]` : host}:${port}`
    await hold(this.#servers, { key, marker, value: registration(instance), leaseMs }, signal, this.#context)
  }

  leftOut() {
    return this.#keys.leftOut()
  }

  /** Reads everything, and from then on tells of each change, until `down`. */
  async #changes(down: AbortController): Promise<EventEmitter> {
    const { prefix, heartbeat } = this.#options
    const [client, revision] = await this.#servers.reach(
      down.signal,
      async (client) => [client, await read(client, prefix, this.#keys)] as const,
    )
    const changes = new EventEmitter()
    const following = follow(client, prefix, this.#keys, revision, () => changes.emit('change'))
    const beating = beat(client, prefix, heartbeat, down.signal)
    Promise.race([following, beating]).catch((why) => down.abort(why))
    return changes
  }
}
