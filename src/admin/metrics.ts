import { Counter, collectDefaultMetrics, Gauge, Registry as MetricRegistry } from 'prom-client'
import type { Reading } from '../gateway/index.ts'
import type { Registry } from '../registry/index.ts'
import { LatencyHistogram } from './latency-histogram.ts'
import { registerRegistryMetrics } from './registry-metrics.ts'

export interface MetricSources {
  readonly registry: Registry
  /** Workers that serve now. */
  workers(): number
}

/** The sums of all workers, in the Prometheus format. Lives in the primary, so that a worker's death loses at most its last second. */
export class Metrics {
  readonly #registry = new MetricRegistry()
  readonly #requests: Counter
  readonly #problems: Counter
  readonly #restarts: Counter
  readonly #latency = new LatencyHistogram(
    'portolan_upstream_latency_seconds',
    'Time from the attempt to the response head',
  )

  constructor(sources: MetricSources) {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry, prefix: 'portolan_primary_' })
    this.#requests = new Counter({
      name: 'portolan_requests_total',
      help: 'Requests by service, instance and status; empty labels where none was reached',
      labelNames: ['service', 'instance', 'status'],
      registers,
    })
    this.#problems = new Counter({
      name: 'portolan_problems_total',
      help: 'Answers that the gateway gave by itself, by code',
      labelNames: ['code'],
      registers,
    })
    this.#restarts = new Counter({
      name: 'portolan_worker_restarts_total',
      help: 'Workers that died and were replaced',
      registers,
    })
    this.#latency.registerIn(this.#registry)
    new Gauge({
      name: 'portolan_workers',
      help: 'Workers that serve',
      registers,
      collect() {
        this.set(sources.workers())
      },
    })
    registerRegistryMetrics(this.#registry, sources.registry)
  }

  add({ requests, problems, latency }: Reading): void {
    for (const [service, instance, status, count] of requests) this.#requests.inc({ service, instance, status }, count)
    for (const [code, count] of problems) this.#problems.inc({ code }, count)
    for (const [service, buckets, sumSeconds] of latency) this.#latency.add(service, buckets, sumSeconds)
  }

  workerRestarted(): void {
    this.#restarts.inc()
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  render(): Promise<string> {
    return this.#registry.metrics()
  }
}
