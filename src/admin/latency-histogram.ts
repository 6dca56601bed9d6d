import type { Metric, Registry } from 'prom-client'
import { LATENCY_BOUNDS_SECONDS } from '../gateway/meter.ts'

interface Totals {
  readonly buckets: number[]
  sumSeconds: number
  /** The service was not known when that was last asked. */
  doubted: boolean
}

/** A histogram that is fed with counts. The library's own takes one observation at a time, which is not what workers send. */
export class LatencyHistogram {
  readonly #name: string
  readonly #help: string
  readonly #services = new Map<string, Totals>()

  constructor(name: string, help: string) {
    this.#name = name
    this.#help = help
  }

  add(service: string, buckets: readonly number[], sumSeconds: number): void {
    const totals = this.#services.get(service) ?? { buckets: buckets.map(() => 0), sumSeconds: 0, doubted: false }
    for (const [i, count] of buckets.entries()) totals.buckets[i]! += count
    totals.sumSeconds += sumSeconds
    this.#services.set(service, totals)
  }

  /** Forgets as `Tally.sweep` does. */
  sweep(isKnown: (service: string) => boolean): void {
    for (const [service, totals] of this.#services) {
      const known = isKnown(service)
      if (!known && totals.doubted) this.#services.delete(service)
      totals.doubted = !known
    }
  }

  registerIn(registry: Registry): void {
    const metric = {
      name: this.#name,
      help: this.#help,
      type: 'histogram',
      aggregator: 'sum',
      get: async () => ({
        name: this.#name,
        help: this.#help,
        type: 'histogram',
        values: this.#values(),
        aggregator: 'sum',
      }),
      reset: () => this.#services.clear(),
    }
    registry.registerMetric(metric as unknown as Metric)
  }

  #values() {
    return [...this.#services].flatMap(([service, { buckets, sumSeconds }]) => {
      let count = 0
      const counts = buckets.map((inBucket, i) => {
        count += inBucket
        const le = LATENCY_BOUNDS_SECONDS[i] ?? '+Inf'
        return { metricName: `${this.#name}_bucket`, labels: { service, le }, value: count }
      })
      const ends = [
        { metricName: `${this.#name}_sum`, labels: { service }, value: sumSeconds },
        { metricName: `${this.#name}_count`, labels: { service }, value: count },
      ]
      return [...counts, ...ends]
    })
  }
}
