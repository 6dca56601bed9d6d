import { defineStrategy, type Endpoint, perList } from '../src/plugin/index.ts'

/** Any endpoint, with a chance in proportion to its weight. Ignores load; keeps no state. */
export const random = defineStrategy({
  name: 'random',
  create(_options, context) {
    const sums = perList(sumsOf)
    return {
      pick(endpoints) {
        const upTo = sums(endpoints)
        const last = endpoints.length - 1
        const chance = context.random() * upTo[last]!
        let [from, to] = [0, last]
        while (from < to) {
          const middle = (from + to) >>> 1
          if (chance < upTo[middle]!) to = middle
          else from = middle + 1
        }
        return endpoints[from]!
      },
    }
  },
})

/** At each place the weight of all up to it. */
function sumsOf(endpoints: readonly Endpoint[]): Float64Array {
  let sum = 0
  return Float64Array.from(endpoints, ({ weight }) => {
    sum += weight
    return sum
  })
}
