import type { Metric, Registry } from 'prom-client'

export type Labels = Readonly<Record<string, string>>

export interface Sample {
  readonly labels: Labels
  readonly value: number
}

/** A metric whose samples are made when they are asked for. The library's own keeps each until it is told to forget it. */
export function readMetric(
  registry: Registry,
  type: 'counter' | 'gauge',
  name: string,
  help: string,
  read: () => Iterable<Sample>,
): void {
  const get = async () => ({ name, help, type, values: [...read()], aggregator: 'sum' })
  registry.registerMetric({ name, help, type, aggregator: 'sum', get, reset() {} } as unknown as Metric)
}
