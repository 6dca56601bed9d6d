import { settingsOf } from '../config/index.ts'
import type { RegistryConfig } from '../config/types.ts'
import { bind, get, type Scope } from '../di.ts'
import { Prober, probe, reaches } from '../health/index.ts'
import type { RegistryAdapter } from '../plugin/index.ts'
import { fullJitter, originOf, Registry, SnapshotFile, type SourceSpec } from '../registry/index.ts'
import { Tokens } from '../tokens.ts'

/** What reads the registry, and probes what it is told of. */
export function bindControlPlane(root: Scope): void {
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

/** Nothing runs before `registry.start()`. */
export const controlPlaneOf = (scope: Scope) => ({
  registry: get(scope, Tokens.registry),
  prober: get(scope, Tokens.prober),
})
