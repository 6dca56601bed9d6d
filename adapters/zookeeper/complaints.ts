import type { LeftOut, Logger } from '../../src/plugin/index.ts'

interface Complaint {
  reason: string
  kind: string
  round: number
}

/**
 * What is registered and cannot be used. Each place is warned of once, and again when something else is wrong with it.
 * Outlives links: what is still wrong after a resync is no news.
 */
export class Complaints implements Iterable<LeftOut> {
  readonly #log: Logger
  readonly #byPlace = new Map<string, Complaint>()
  #round = 0

  constructor(log: Logger) {
    this.#log = log
  }

  /** @param kind what has to change for this to be news; a reason that counts something is not news with each count */
  about(place: string, reason: string, kind = reason): void {
    const news = this.#byPlace.get(place)?.kind !== kind
    this.#byPlace.set(place, { reason, kind, round: this.#round })
    if (news) this.#log.warn({ path: place, reason }, `${place} left out: ${reason}`)
  }

  settled(place: string): void {
    this.#byPlace.delete(place)
  }

  /** Everything is read anew. What is not complained about until `reread` is gone or mended. */
  rereading(): void {
    this.#round++
  }

  reread(): void {
    for (const [place, { round }] of this.#byPlace) if (round < this.#round) this.#byPlace.delete(place)
  }

  *[Symbol.iterator](): Generator<LeftOut> {
    for (const [place, { reason }] of this.#byPlace) yield { place, reason }
  }
}
