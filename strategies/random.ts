import { defineStrategy, type Endpoint, perList } from '../src/plugin/index.ts'

/** Any endpoint, with a chance in proportion to its weight. Ignores load; keeps no state. */
export const random = defineStrategy({
  name: 'random',
  create(_options, context) {
    const scaleOf = perList(scale)
    return {
      pick(endpoints) {
        const { upTo, guide } = scaleOf(endpoints)
        const chance = context.random()
        const last = endpoints.length - 1
        const drawn = chance * upTo[last]!
        let at = guide[Math.floor(chance * guide.length)]!
        while (at < last && upTo[at]! <= drawn) at++
        return endpoints[at]!
      },
    }
  },
})

/**
 * At each place the weight of all up to it, and where to begin to look for each nth part of the whole: then two looks are
 * enough on average, whatever the weights. Chen and Asau, "On Generating Random Variates from an Empirical Distribution", 1974.
 */
function scale(endpoints: readonly Endpoint[]) {
  const upTo = new Float64Array(endpoints.length)
  for (let at = 0, sum = 0; at < upTo.length; at++) upTo[at] = sum += endpoints[at]!.weight
  const guide = new Uint32Array(endpoints.length)
  for (let part = 0, at = 0; part < guide.length; part++) {
    while (upTo[at]! * guide.length <= part * upTo[upTo.length - 1]!) at++
    guide[part] = at
  }
  return { upTo, guide }
}
