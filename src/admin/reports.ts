import type { Instance, LeftOut } from '../plugin/index.ts'
import type { HoldReason, Registry, RegistryStatus, SourceState, SourceStatus } from '../registry/index.ts'
import {
  fitness,
  type HealthSources,
  type InstanceHealth,
  instanceHealth,
  probeReport,
  type ServiceHealth,
  serviceHealth,
} from './health-report.ts'

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

/** What `GET /api/services/{name}` answers, and `GET /api/services` for each. Without a running gateway there is no health. */
export interface ServiceReport extends Partial<ServiceHealth> {
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

export interface InstanceReport extends Instance, Partial<InstanceHealth> {
  /** Whether it may be picked. */
  readonly fit: boolean
  /** Why not, or not everywhere, or why it may be although its registry no longer names it. */
  readonly why?: string
  readonly held?: Hold
  /** Who says that it drains, if not its registry. */
  readonly drainedBy?: 'admin'
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
export function* serviceReports(registry: Registry, health?: HealthSources): Generator<ServiceReport> {
  for (const name of [...registry.table.keys()].sort()) {
    const report = serviceReport(registry, name, health)
    if (report) yield report
  }
}

/** undefined: no registry knows the service. */
export function serviceReport(registry: Registry, name: string, health?: HealthSources): ServiceReport | undefined {
  const standing = registry.standing(name)
  if (!standing) return undefined
  const { sources, state, ageMs, changedAt, instances, held, drained, purged } = standing
  const look = health ? healthLook(health, name, instances) : withoutHealth
  return {
    name,
    source: sources,
    state,
    ageMs,
    changedAt: new Date(changedAt).toISOString(),
    ...(health && serviceHealth(health, name)),
    instances: [
      ...instances.map((one) => instanceReport(look(one), held.get(one.id), drained.has(one.id))),
      ...purged.map((instance) => ({ ...instance, fit: false, why: 'cannot be connected to' })),
    ],
  }
}

function instanceReport(report: InstanceReport, held: Hold | undefined, drained: boolean): InstanceReport {
  const kept = held && { ...(report.fit && { why: `kept: ${held.reason}` }), held }
  return { ...report, ...kept, ...(drained && { drainedBy: 'admin' }) }
}

const withoutHealth = (instance: Instance): InstanceReport => {
  const { status } = instance
  return status === 'up' ? { ...instance, fit: true } : { ...instance, fit: false, why: status }
}

function healthLook(health: HealthSources, service: string, instances: readonly Instance[]) {
  const traffic = health.standings.instancesOf(service)
  const probes = new Map(instances.map(({ id }) => [id, probeReport(health, service, id)]))
  const states = instances.filter(({ status }) => status === 'up').map(({ id }) => probes.get(id)?.state)
  // Where nobody passes, everybody is asked, and workers that were not asked for the service cannot have said so.
  const panic = health.standings.of(service).panic > 0 || states.every((state) => state === 'down')
  const around = { panic, anyUp: states.includes('up'), workers: health.workers() }
  return (instance: Instance): InstanceReport => {
    const [load, probe] = [traffic.get(instance.id), probes.get(instance.id)]
    return { ...instance, ...fitness(instance, load, probe, around), ...instanceHealth(load, probe) }
  }
}
