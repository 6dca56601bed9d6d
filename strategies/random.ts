import { defineStrategy } from '../src/plugin/index.ts'

/** Any endpoint, with a chance in proportion to its weight. Ignores load; keeps no state. */
export const random = defineStrategy({
  name: 'random',
  create: (_options, context) => ({
    pick(endpoints) {
      let total = 0
      for (let at = 0; at < endpoints.length; at++) total += endpoints[at]!.weight
      let rest = context.random() * total
      const last = endpoints.length - 1
      for (let at = 0; at < last; at++) {
        rest -= endpoints[at]!.weight
        if (rest < 0) return endpoints[at]!
      }
      return endpoints[last]!
    },
  }),
})
