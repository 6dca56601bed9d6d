import type { Registry as MetricRegistry } from 'prom-client'
import type { Prober } from '../health/index.ts'
import { readMetric } from './read-metric.ts'

/** What active probes came to. A service that is not probed has none. */
export function registerProbeMetrics(metrics: MetricRegistry, prober: Prober): void {
  readMetric(metrics, 'counter', 'portolan_probes_total', 'Active probes, by what they came to', () =>
    [...prober.tallies()].flatMap(({ service, passed, failed }) => [
      { labels: { service, result: 'passed' }, value: passed },
      { labels: { service, result: 'failed' }, value: failed },
    ]),
  )
  readMetric(metrics, 'gauge', 'portolan_probe_healthy', 'Instances that pass their probes', () =>
    Array.from(prober.tallies(), ({ service, healthy }) => ({ labels: { service }, value: healthy })),
  )
  readMetric(metrics, 'gauge', 'portolan_probe_unhealthy', 'Instances that fail their probes', () =>
    Array.from(prober.tallies(), ({ service, unhealthy }) => ({ labels: { service }, value: unhealthy })),
  )
}
