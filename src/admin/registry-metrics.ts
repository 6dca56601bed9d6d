import { Gauge, type Registry as MetricRegistry } from 'prom-client'
import { type Registry, SOURCE_STATES, type SourceHolds } from '../registry/index.ts'

/** What is known of the registries: read when it is asked for, so that it costs nothing in between. */
export function registerRegistryMetrics(metrics: MetricRegistry, registry: Registry): void {
  total('portolan_registry_services', 'Services that are served', () => registry.status.services)
  total('portolan_registry_instances', 'Instances that are served', () => registry.status.instances)
  each(
    'portolan_registry_age_seconds',
    'How long it could not be read, or how old its snapshot is; 0 while it can',
    ({ ageMs }) => ageMs / 1000,
  )
  each('portolan_registry_version', 'Views that changed something', ({ version }) => version)
  each(
    'portolan_registry_held',
    'Instances that it no longer names and that are kept for now',
    ({ held }) => held.length,
  )
  each('portolan_registry_left_out', 'What it names and cannot be used', ({ leftOut }) => leftOut.length)
  new Gauge({
    name: 'portolan_registry_state',
    help: '1 for the state that the registry is in',
    labelNames: ['registry', 'state'],
    registers: [metrics],
    collect() {
      for (const { name, state } of registry.sources)
        for (const one of SOURCE_STATES) this.set({ registry: name, state: one }, one === state ? 1 : 0)
    },
  })

  function total(name: string, help: string, read: () => number) {
    new Gauge({
      name,
      help,
      registers: [metrics],
      collect() {
        this.set(read())
      },
    })
  }

  function each(name: string, help: string, read: (source: SourceHolds) => number) {
    new Gauge({
      name,
      help,
      labelNames: ['registry'],
      registers: [metrics],
      collect() {
        for (const source of registry.sources) this.set({ registry: source.name }, read(source))
      },
    })
  }
}
