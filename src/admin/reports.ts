import type { Instance, LeftOut } from '../plugin/index.ts'
import type { HoldReason, Registry, RegistryStatus, SourceState, SourceStatus } from '../registry/index.ts'

/** What `GET /api/registry` answers. */
export interface RegistryReport extends Omit<RegistryStatus, 'held'> {
  readonly sources: readonly (SourceStatus & { readonly held: number; readonly leftOut: number })[]
  /** Instances that their registry no longer names and that are kept for now. */
  readonly held: readonly HeldReport[]
  readonly leftOut: readonly (LeftOut & { readonly registry: string })[]
}

export interface HeldReport extends Hold {
  readonly registry: string
  readonly service: string
  readonly id: string
}

interface Hold {
  readonly reason: HoldReason
  readonly forMs: number
}

/** What `GET /api/services/{name}` answers, and `GET /api/services` for each. */
export interface ServiceReport {
  readonly name: string
  /** The registries that know it, in the order of the configuration. */
  readonly source: readonly string[]
  /** Of the registry among them that is worst off. */
  readonly state: SourceState
  readonly ageMs: number
  /** When its instances last changed, as ISO 8601. */
  readonly changedAt: string
  readonly instances: readonly InstanceReport[]
}

export interface InstanceReport extends Instance {
  /** Whether it may be picked. */
  readonly fit: boolean
  /** Why not, or why it may be although its registry no longer names it. */
  readonly why?: string
  readonly held?: Hold
}

export function registryReport(registry: Registry): RegistryReport {
  const { sources, status } = registry
  return {
    ...status,
    sources: sources.map((source) => ({ ...source, held: source.held.length, leftOut: source.leftOut.length })),
    held: sources.flatMap(({ name, held }) =>
      held.map(({ service, instance, reason, forMs }) => ({ registry: name, service, id: instance.id, reason, forMs })),
    ),
    leftOut: sources.flatMap(({ name, leftOut }) => leftOut.map((one) => ({ registry: name, ...one }))),
  }
}

/** One at a time, in the order of their names: a registry can be large, and its reader slow. */
export function* serviceReports(registry: Registry): Generator<ServiceReport> {
  for (const name of [...registry.table.keys()].sort()) {
    const report = serviceReport(registry, name)
    if (report) yield report
  }
}

/** undefined: no registry knows the service. */
export function serviceReport(registry: Registry, name: string): ServiceReport | undefined {
  const standing = registry.standing(name)
  if (!standing) return undefined
  const { sources, state, ageMs, changedAt, instances, held, purged } = standing
  return {
    name,
    source: sources,
    state,
    ageMs,
    changedAt: new Date(changedAt).toISOString(),
    instances: [
      ...instances.map((instance) => instanceReport(instance, held.get(instance.id))),
      ...purged.map((instance) => ({ ...instance, fit: false, why: 'cannot be connected to' })),
    ],
  }
}

function instanceReport(instance: Instance, held: Hold | undefined): InstanceReport {
  const { status } = instance
  if (status !== 'up') return { ...instance, fit: false, why: status, ...(held && { held }) }
  return { ...instance, fit: true, ...(held && { why: `kept: ${held.reason}`, held }) }
}
