import { defineStrategy, type Endpoint, perList } from '../src/plugin/index.ts'

/**
 * The one with the least requests under way for its weight, of all. Among equals whoever comes first from a random place
 * on, so that workers, and the newcomer that is idle for all of them, are not herded onto.
 */
export const leastRequest = defineStrategy({
  name: 'least-request',
  create(_options, { random }) {
    const heaviest = perList((endpoints) => endpoints.reduce((most, { weight }) => Math.max(most, weight), 0))
    return {
      pick(endpoints) {
        const count = endpoints.length
        const unbeaten = 1 / heaviest(endpoints)
        const start = Math.floor(random() * count)
        let least = Number.POSITIVE_INFINITY
        let picked = endpoints[start]!
        for (let step = 0; step < count && least > unbeaten; step++) {
          const endpoint = endpoints[start + step < count ? start + step : start + step - count]!
          const its = load(endpoint)
          if (its >= least) continue
          least = its
          picked = endpoint
        }
        return picked
      },
      score: load,
    }
  },
})

/** The request to be placed counts, so that of two idle endpoints the heavier one wins. */
const load = ({ inFlight, weight }: Endpoint) => (inFlight + 1) / weight
