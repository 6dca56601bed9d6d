import type { Endpoint } from '../../src/plugin/index.ts'

/** The endpoints of one list that are in the zone, and how loaded they are. */
export class Split {
  readonly near: readonly Endpoint[]
  readonly #all: readonly Endpoint[]
  readonly #evenly: number
  #strain = 0
  #asked = 0

  constructor(endpoints: readonly Endpoint[], zone: string) {
    const near = endpoints.filter(({ instance }) => instance.zone === zone)
    const zones = new Set(endpoints.map(({ instance }) => instance.zone)).size
    // The same list where nothing is left out: what others have worked out for it holds.
    this.near = near.length === endpoints.length ? endpoints : near
    this.#all = endpoints
    this.#evenly = (sum(near, weight) / sum(endpoints, weight)) * zones
  }

  /** In flight here over what would be even. Looked at once in as many picks as there are endpoints, so at no cost for each. */
  strain(): number {
    if (this.#asked++ % this.#all.length === 0)
      this.#strain = sum(this.near, inFlight) / (this.#evenly * sum(this.#all, inFlight)) || 0
    return this.#strain
  }
}

const weight = (endpoint: Endpoint) => endpoint.weight
const inFlight = (endpoint: Endpoint) => endpoint.inFlight

function sum(endpoints: readonly Endpoint[], of: (endpoint: Endpoint) => number): number {
  let total = 0
  for (const endpoint of endpoints) total += of(endpoint)
  return total
}
