import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import type { Catalog } from './catalog/index.ts'
import { settingsOf } from './config/index.ts'
import type { GatewayConfig, RegistryConfig } from './config/types.ts'
import { bindDataPlane } from './container/data-plane.ts'
import { bind, get, newScope, type Scope, set } from './di.ts'
import type { LineSink } from './gateway/index.ts'
import { Prober, probe, reaches } from './health/index.ts'
import type { Logger, RegistryAdapter } from './plugin/index.ts'
import { fullJitter, originOf, Registry, SnapshotFile, type SourceSpec } from './registry/index.ts'
import { ClientTlsPool } from './tls/index.ts'
import { Tokens } from './tokens.ts'

/** The one place that wires, with what is in `container/`. A value is built on first use and belongs to the scope that asked for it. */
export function createRoot(): Scope {
  const root = newScope()
  set(root, Tokens.now, () => performance.now())
  set(root, Tokens.wallMs, Date.now)
  set(root, Tokens.random, Math.random)
  set(root, Tokens.ordinal, 0)
  set(root, Tokens.workers, 1)
  bind(root, Tokens.ticketSecret, () => randomBytes(32))
  bind(root, Tokens.unreachable, (scope) => {
    const registry = get(scope, Tokens.registry)
    return (service, id) => registry.unreachable(service, id)
  })
  bind(root, Tokens.pluginContext, (scope) => ({
    log: get(scope, Tokens.log),
    now: get(scope, Tokens.now),
    random: get(scope, Tokens.random),
    ordinal: get(scope, Tokens.ordinal),
    directory: dirname(get(scope, Tokens.config).file),
  }))
  bind(root, Tokens.instanceTls, (scope) => new ClientTlsPool(get(scope, Tokens.log)))
  bindControlPlane(root)
  bindDataPlane(root)
  return root
}

function bindControlPlane(root: Scope): void {
  bind(root, Tokens.registry, (scope) => {
    const catalog = get(scope, Tokens.catalog)
    const context = get(scope, Tokens.pluginContext)
    const sources = get(scope, Tokens.config).registry.map((config): SourceSpec => {
      const adapter = catalog.adapter(config.type).create(config.options, context)
      return { ...config, adapter, settleMs: config.settleMs ?? settleMsOf(adapter), snapshot: snapshotOf(config) }
    })
    return new Registry(sources, {
      log: get(scope, Tokens.log),
      now: get(scope, Tokens.now),
      delayMs: fullJitter(get(scope, Tokens.random)),
      reaches: (instance) => reaches(instance, get(scope, Tokens.config).upstream.connectTimeoutMs),
    })
  })
  bind(root, Tokens.prober, proberOf)
}

function proberOf(scope: Scope): Prober {
  const settings = settingsOf(get(scope, Tokens.config))
  const registry = get(scope, Tokens.registry)
  const tls = get(scope, Tokens.instanceTls)
  return new Prober({
    log: get(scope, Tokens.log),
    settings: (service) => settings(service).health.active,
    probe(instance, config, service) {
      const route = instance.tls ? tls.routeTo(instance.host, settings(service).upstream.tls) : undefined
      return probe(instance, config, route)
    },
    failing(service, id) {
      if (registry.table.get(service)?.held.includes(id)) registry.unreachable(service, id)
    },
    now: get(scope, Tokens.now),
    wallMs: get(scope, Tokens.wallMs),
    random: get(scope, Tokens.random),
  })
}

const LEAST_SETTLE_MS = 30_000

/** Providers that lost their session with the registry register anew within so long after it is back. */
const settleMsOf = ({ sessionTimeoutMs = 0 }: RegistryAdapter) => Math.max(LEAST_SETTLE_MS, sessionTimeoutMs)

const snapshotOf = ({ snapshot, name, type, options }: RegistryConfig) =>
  snapshot === null ? undefined : new SnapshotFile(snapshot, originOf(name, type, options))

/** What a gateway is made from. */
export interface GatewayInputs {
  readonly config: GatewayConfig
  readonly catalog: Catalog
  readonly log: Logger
  readonly lines: LineSink
  readonly ordinal?: number
  /** How many data planes the gateway has, this one among them. */
  readonly workers?: number
  /** What the data planes have in common that resume each other's TLS sessions; a random one if there is none. */
  readonly ticketSecret?: Buffer
  /** Where the control plane is, if not in this process. */
  readonly unreachable?: (service: string, id: string) => void
}

/** A scope for one gateway. Nothing is built yet: this is the moment to put other values in place. */
export function newGatewayScope(
  { config, catalog, log, lines, ordinal = 0, workers = 1, ticketSecret, unreachable }: GatewayInputs,
  root = createRoot(),
): Scope {
  const scope = newScope(root)
  set(scope, Tokens.config, config)
  set(scope, Tokens.catalog, catalog)
  set(scope, Tokens.log, log)
  set(scope, Tokens.lines, lines)
  set(scope, Tokens.ordinal, ordinal)
  set(scope, Tokens.workers, workers)
  if (ticketSecret) set(scope, Tokens.ticketSecret, ticketSecret)
  if (unreachable) set(scope, Tokens.unreachable, unreachable)
  return scope
}

/** What reads the registry, and probes what it is told of. Nothing runs before `registry.start()`. */
export const controlPlaneOf = (scope: Scope) => ({
  registry: get(scope, Tokens.registry),
  prober: get(scope, Tokens.prober),
})

/** What says where requests would go, by what the directory has been told. */
export const explainerOf = (scope: Scope) => ({
  directory: get(scope, Tokens.directory),
  explain: get(scope, Tokens.explain),
})

/** What serves requests. Nothing is open before `listener.server.listen()`. */
export const dataPlaneOf = (scope: Scope) => ({
  directory: get(scope, Tokens.directory),
  explain: get(scope, Tokens.explain),
  ask: get(scope, Tokens.ask),
  instanceTls: get(scope, Tokens.instanceTls),
  listener: get(scope, Tokens.listener),
  meter: get(scope, Tokens.meter),
  upstreams: get(scope, Tokens.upstreams),
})
