import { defineStrategy, type Endpoint, perList } from '../src/plugin/index.ts'

/** After how many picks all are looked at again, as a part of the list. */
const PART = 1 / 16

/**
 * The one with the least requests under way for its weight, of all; among equals whoever comes first from a random place
 * on, so that workers do not herd. A look at all serves a sixteenth as many picks, which take those that were the least
 * then and still are: of fewer than 32 endpoints each pick looks anew, and of thousands it costs no more.
 */
export const leastRequest = defineStrategy({
  name: 'least-request',
  create(_options, { random }) {
    const looksAt = perList((endpoints) => new Look(endpoints, random))
    return { pick: (endpoints) => looksAt(endpoints).next(), score: load }
  },
})

/** The request to be placed counts, so that of two idle endpoints the heavier one wins. */
const load = ({ inFlight, weight }: Endpoint) => (inFlight + 1) / weight

class Look {
  readonly #endpoints: readonly Endpoint[]
  readonly #random: () => number
  readonly #serves: number
  readonly #least: Endpoint[] = []
  #found = 0
  #load = 0
  #next = 0

  constructor(endpoints: readonly Endpoint[], random: () => number) {
    this.#endpoints = endpoints
    this.#random = random
    this.#serves = Math.max(1, Math.floor(endpoints.length * PART))
  }

  next(): Endpoint {
    while (this.#next < this.#found) {
      const endpoint = this.#least[this.#next++]!
      if (load(endpoint) <= this.#load) return endpoint
    }
    this.#look()
    this.#next = 1
    return this.#least[0]!
  }

  #look(): void {
    const endpoints = this.#endpoints
    const found = this.#least
    let least = Number.POSITIVE_INFINITY
    let count = 0
    let at = Math.floor(this.#random() * endpoints.length)
    for (let left = endpoints.length; left > 0; left--) {
      const endpoint = endpoints[at]!
      const its = load(endpoint)
      if (its < least) count = 0
      if (its <= least && count < this.#serves) found[count++] = endpoint
      if (its < least) least = its
      at = at + 1 === endpoints.length ? 0 : at + 1
    }
    this.#load = least
    this.#found = count
  }
}
