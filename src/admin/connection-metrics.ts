import type { Registry as MetricRegistry } from 'prom-client'
import type { Reading } from '../gateway/index.ts'
import { readMetric } from './read-metric.ts'
import { Tally } from './tally.ts'

/** Connections of clients: those that are open in all workers together, and those that were not let in. */
export class ConnectionMetrics {
  readonly #open = new Map<number, number>()
  readonly #refused: Tally

  constructor(metrics: MetricRegistry) {
    readMetric(metrics, 'gauge', 'portolan_connections', 'Connections of clients that are open', () => [
      { labels: {}, value: [...this.#open.values()].reduce((sum, open) => sum + open, 0) },
    ])
    this.#refused = new Tally(
      metrics,
      'portolan_connections_refused_total',
      'Connections of clients that were not let in, by the reason',
      ['reason'],
    )
  }

  take(worker: number, { open, refused }: Reading['connections']): void {
    this.#open.set(worker, open)
    for (const [reason, count] of refused) this.#refused.add([reason], count)
  }

  /** The worker is gone, and with it its connections. */
  drop(worker: number): void {
    this.#open.delete(worker)
  }
}
