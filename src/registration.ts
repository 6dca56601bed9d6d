import { dirname } from 'node:path'
import { builtins } from './builtins.ts'
import { configOf, type Loaded } from './config/index.ts'
import {
  address,
  type Instance,
  type InstanceFields,
  instance,
  isServiceName,
  type Logger,
  type Plugin,
  type RegistryAdapter,
  SERVICE_NAME,
} from './plugin/index.ts'

export interface RegisterOptions {
  /** Which of the configuration's registries, by name; by default the first that can register. */
  readonly registry?: string | undefined
  /** Plugins of your own, by object: the configuration names them like built-ins. */
  readonly plugins?: readonly Plugin[]
  /** Is told, by `info`, each time the registration has been made, and of all trouble. Silent by default. */
  readonly log?: Logger
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Takes it back, as `close` does, also before it has been made: `register` then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** A registration that has been made, and is made again whenever it is lost. */
export interface Registration {
  readonly instance: Instance
  /** The name of the registry that it is in. */
  readonly registry: string
  /** Rejects when it is lost and trying again cannot help; never resolves. Not to look at it does no harm. */
  readonly failed: Promise<never>
  /** Takes it back. Resolves when the registry has confirmed that, or has had seconds to; never rejects. */
  close(): Promise<void>
}

/**
 * Registers an instance of `service`, as a rule this process, where a gateway's configuration finds its services: a YAML
 * file, or the same content as an object, of which `{ registry }` is enough. Resolves once it is registered, however long
 * that takes.
 *
 * ```ts
 * const registration = await register('gateway.yaml', 'orders', '10.0.0.7:8080')
 * process.once('SIGTERM', () => registration.close().then(() => server.close()))
 * ```
 *
 * @throws ConfigError with every problem of the configuration; TypeError when service or instance cannot be used; Error
 * when no registry can register; and what trying again cannot mend, such as an address that another one has
 */
export async function register(
  source: string | object,
  service: string,
  where: string | InstanceFields,
  { registry: named, plugins = [], log = silent, env = process.env, signal }: RegisterOptions = {},
): Promise<Registration> {
  if (!isServiceName(service))
    throw new TypeError(`${JSON.stringify(service)} is not a service name (${SERVICE_NAME.source})`)
  const announced = instance(typeof where === 'string' ? address(where) : where)
  const loaded = await configOf(source, { builtins: [...builtins, ...plugins], env })
  const ending = new AbortController()
  const end = signal ? AbortSignal.any([signal, ending.signal]) : ending.signal
  let told = () => {}
  const made = new Promise<void>((resolve) => {
    told = resolve
  })
  const { adapter, name: registry } = registrarOf(loaded, named, listening(log, told))
  const held = adapter.register(service, announced, end)
  const failed = held.then(() => {
    if (!end.aborted) throw new Error(`registry "${registry}" has ended the registration by itself`)
    return new Promise<never>(() => {})
  })
  await Promise.race([made, failed, held.then(() => end.throwIfAborted())])
  failed.catch(({ message }) => log.error({ service, registry, reason: message }, `no longer registered: ${message}`))
  const close = async () => {
    ending.abort()
    await held.catch(() => {})
  }
  return { instance: announced, registry, failed, close }
}

type Registrar = RegistryAdapter & Required<Pick<RegistryAdapter, 'register'>>

interface Candidate<Adapter> {
  readonly name: string
  readonly type: string
  readonly adapter: Adapter
}

const canRegister = (candidate: Candidate<RegistryAdapter>): candidate is Candidate<Registrar> =>
  candidate.adapter.register !== undefined

/** @throws Error that says which registries there are and which of them can */
function registrarOf({ config, catalog }: Loaded, named: string | undefined, log: Logger): Candidate<Registrar> {
  const now = () => performance.now()
  const context = { log, now, random: Math.random, ordinal: 0, directory: dirname(config.file) }
  const all = config.registry.map(({ name, type, options }) => ({
    name,
    type,
    adapter: catalog.adapter(type).create(options, context),
  }))
  const able = all.filter(canRegister)
  const chosen = able.find(({ name }) => named === undefined || name === named)
  if (chosen) return chosen
  const unable = all.find(({ name }) => name === named)
  const what =
    named === undefined
      ? `nothing can be registered in ${listed(all)}, which is only read`
      : unable
        ? `nothing can be registered in ${listed([unable])}, which is only read`
        : `no registry is named ${JSON.stringify(named)}; known: ${listed(all)}`
  const instead = able.length > 0 ? `; it can in ${listed(able)}` : '; it takes a registry whose adapter can register'
  throw new Error(`${config.file}: ${what}${instead}`)
}

const listed = (candidates: readonly Candidate<unknown>[]) =>
  candidates.map(({ name, type }) => (name === type ? name : `${name} (${type})`)).join(', ')

/** An adapter's `info` says that it has registered: that is in its contract. */
function listening(log: Logger, told: () => void): Logger {
  return {
    debug: (fields, message) => log.debug(fields, message),
    info(fields, message) {
      log.info(fields, message)
      told()
    },
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
  }
}

const ignore = () => undefined
const silent: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
