import { Counter, collectDefaultMetrics, Gauge, Registry as MetricRegistry } from 'prom-client'
import type { Reading } from '../gateway/index.ts'
import type { Prober } from '../health/index.ts'
import type { Registry } from '../registry/index.ts'
import { ConnectionMetrics } from './connection-metrics.ts'
import { LatencyHistogram } from './latency-histogram.ts'
import { registerProbeMetrics } from './probe-metrics.ts'
import type { Labels } from './read-metric.ts'
import { registerRegistryMetrics } from './registry-metrics.ts'
import type { Standings } from './standings.ts'
import { Tally } from './tally.ts'
import { TrafficMetrics } from './traffic-metrics.ts'

/** Those who are gone are forgotten after one to two of these: by then every last count has been scraped. */
const SWEEP_MS = 300_000

/** Each sample of the event loop's lag wakes the process. */
const LAG_SAMPLE_MS = 100

export interface MetricSources {
  readonly registry: Registry
  readonly prober: Prober
  readonly standings: Standings
  /** Workers that serve now. */
  workers(): number
  /** Monotonic milliseconds. */
  now(): number
}

/** The sums of all workers, in the Prometheus format. Lives in the primary, so that a worker's death loses at most its last second. */
export class Metrics {
  readonly #metrics = new MetricRegistry()
  readonly #sources: MetricSources
  readonly #requests: Tally
  readonly #problems: Counter
  readonly #shed: Counter
  readonly #restarts: Counter
  readonly #latency = new LatencyHistogram(
    'portolan_upstream_latency_seconds',
    'Time from the attempt to the response head',
  )
  readonly #traffic: TrafficMetrics
  readonly #connections: ConnectionMetrics
  #sweptMs: number

  constructor(sources: MetricSources) {
    this.#sources = sources
    this.#sweptMs = sources.now()
    const registers = [this.#metrics]
    collectDefaultMetrics({
      register: this.#metrics,
      prefix: 'portolan_primary_',
      eventLoopMonitoringPrecision: LAG_SAMPLE_MS,
    })
    this.#requests = new Tally(
      this.#metrics,
      'portolan_requests_total',
      'Requests by service, instance and status; empty labels where none was reached',
      ['service', 'instance', 'status'],
    )
    this.#problems = new Counter({
      name: 'portolan_problems_total',
      help: 'Answers that the gateway gave by itself, by code',
      labelNames: ['code'],
      registers,
    })
    this.#shed = new Counter({
      name: 'portolan_shed_total',
      help: 'Requests that were refused because their worker had too much to do',
      labelNames: ['reason'],
      registers,
    })
    this.#restarts = new Counter({
      name: 'portolan_worker_restarts_total',
      help: 'Workers that died and were replaced',
      registers,
    })
    this.#latency.registerIn(this.#metrics)
    new Gauge({
      name: 'portolan_workers',
      help: 'Workers that serve',
      registers,
      collect() {
        this.set(sources.workers())
      },
    })
    this.#traffic = new TrafficMetrics(this.#metrics, sources.standings)
    this.#connections = new ConnectionMetrics(this.#metrics)
    registerProbeMetrics(this.#metrics, sources.prober)
    registerRegistryMetrics(this.#metrics, sources.registry)
  }

  add(worker: number, reading: Reading): void {
    const { requests, problems, shed, latency } = reading
    for (const [service, instance, status, count] of requests)
      this.#requests.add([service, instance, String(status)], count)
    for (const [code, count] of problems) this.#problems.inc({ code }, count)
    for (const [reason, count] of shed) this.#shed.inc({ reason }, count)
    for (const [service, buckets, sumSeconds] of latency) this.#latency.add(service, buckets, sumSeconds)
    this.#traffic.add(reading)
    this.#connections.take(worker, reading.connections)
    if (this.#sources.now() - this.#sweptMs >= SWEEP_MS) this.#sweep()
  }

  workerDied(worker: number): void {
    this.#connections.drop(worker)
    this.#restarts.inc()
  }

  get contentType(): string {
    return this.#metrics.contentType
  }

  render(): Promise<string> {
    return this.#metrics.metrics()
  }

  /** Instances come and go all day; their labels do not stay for ever. */
  #sweep(): void {
    const { now, registry, standings } = this.#sources
    this.#sweptMs = now()
    const isKnown = knowing(registry)
    this.#requests.sweep(isKnown)
    this.#traffic.sweep(isKnown)
    this.#latency.sweep((service) => isKnown({ service }))
    standings.sweep((service) => isKnown({ service }))
  }
}

/** Whether labels are of a service and an instance that are registered. Empty ones are of nobody, and stay. */
function knowing({ table }: Registry): (labels: Labels) => boolean {
  const ids = new Map<string, ReadonlySet<string>>()
  return ({ service, instance }) => {
    if (!service) return true
    const served = table.get(service)
    if (!served || !instance) return served !== undefined
    const known = ids.get(service) ?? new Set(served.instances.map(({ id }) => id))
    ids.set(service, known)
    return known.has(instance)
  }
}
