import { defineStrategy, type Endpoint } from '../src/plugin/index.ts'

/**
 * Power of two choices: of two distinct random endpoints, the one with less load for its weight. Near the best balance
 * for two looks, and workers that see only their own load do not herd onto one endpoint.
 * Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001.
 */
export const p2c = defineStrategy({
  name: 'p2c',
  create: (_options, { random }) => ({
    pick(endpoints) {
      const count = endpoints.length
      if (count === 1) return endpoints[0]!
      const first = Math.floor(random() * count)
      const hole = Math.floor(random() * (count - 1))
      // Skipping `first` keeps the two distinct and the second uniform among the others.
      const one = endpoints[first]!
      const other = endpoints[hole < first ? hole : hole + 1]!
      return load(other) < load(one) ? other : one
    },
    score: load,
  }),
})

/** The request to be placed counts, so that of two idle endpoints the heavier one wins. */
const load = ({ inFlight, weight }: Endpoint) => (inFlight + 1) / weight
