import type { Registry } from 'prom-client'
import { type Labels, readMetric, type Sample } from './read-metric.ts'

interface Series extends Sample {
  value: number
  /** It belonged to nobody who was known when that was last asked. */
  doubted: boolean
}

/** A counter that forgets those who are gone. */
export class Tally {
  readonly #labelNames: readonly string[]
  readonly #series = new Map<string, Series>()

  constructor(registry: Registry, name: string, help: string, labelNames: readonly string[]) {
    this.#labelNames = labelNames
    readMetric(registry, 'counter', name, help, () => this.#series.values())
  }

  /** @param values of the labels, in their order */
  add(values: readonly string[], count: number): void {
    const key = values.join('\n')
    const series = this.#series.get(key)
    if (series) series.value += count
    else this.#series.set(key, { labels: this.#labelled(values), value: count, doubted: false })
  }

  /** Forgets the counts of those who are not known, and were not the last time either: by then they have been read. */
  sweep(isKnown: (labels: Labels) => boolean): void {
    for (const [key, series] of this.#series) {
      const known = isKnown(series.labels)
      if (!known && series.doubted) this.#series.delete(key)
      series.doubted = !known
    }
  }

  #labelled(values: readonly string[]): Labels {
    return Object.fromEntries(this.#labelNames.map((name, at) => [name, values[at]!]))
  }
}
