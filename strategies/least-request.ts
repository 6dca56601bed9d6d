import { defineStrategy, type Endpoint, perList } from '../src/plugin/index.ts'

/** After how many picks all are looked at again, as a part of the list. */
const PART = 1 / 16

/**
 * The one with the least requests under way for its weight, of all; among equals whoever comes first from a random place
 * on, so that workers do not herd. A look at all finds the sixteenth that is least loaded, and so serves as many picks: in
 * their order, and each only while it is no more loaded than then. Of fewer than 32 endpoints each pick looks anew.
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
  /** The least loaded first, and how loaded they were. */
  readonly #least: Endpoint[] = []
  readonly #loads: number[] = []
  #found = 0
  #next = 0

  constructor(endpoints: readonly Endpoint[], random: () => number) {
    this.#endpoints = endpoints
    this.#random = random
    this.#serves = Math.max(1, Math.floor(endpoints.length * PART))
  }

  next(): Endpoint {
    while (this.#next < this.#found) {
      const at = this.#next++
      const endpoint = this.#least[at]!
      if (load(endpoint) <= this.#loads[at]!) return endpoint
    }
    this.#look()
    this.#next = 1
    return this.#least[0]!
  }

  #look(): void {
    const endpoints = this.#endpoints
    const serves = this.#serves
    let found = 0
    let bound = Number.POSITIVE_INFINITY
    let at = Math.floor(this.#random() * endpoints.length)
    for (let left = endpoints.length; left > 0; left--) {
      const endpoint = endpoints[at]!
      const its = load(endpoint)
      at = at + 1 === endpoints.length ? 0 : at + 1
      if (its >= bound) continue
      if (found < serves) found++
      this.#insert(endpoint, its, found - 1)
      if (found === serves) bound = this.#loads[found - 1]!
    }
    this.#found = found
  }

  /** Behind its equals; who stood last goes. */
  #insert(endpoint: Endpoint, its: number, last: number): void {
    let place = last
    for (; place > 0 && its < this.#loads[place - 1]!; place--) {
      this.#least[place] = this.#least[place - 1]!
      this.#loads[place] = this.#loads[place - 1]!
    }
    this.#least[place] = endpoint
    this.#loads[place] = its
  }
}
