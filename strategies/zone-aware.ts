import { z } from 'zod'
import { defineStrategy, perList, share } from '../src/plugin/index.ts'
import { Split } from './zone-aware/split.ts'

/**
 * Prefers the endpoints of its own zone, and takes all while too few of those are fit, or while they are too loaded:
 * while there is more under way per weight than `load` times what all would have if gateways in the other zones were as
 * busy as this one. A zone with its share of the instances thus keeps its requests, and one with fewer sheds the surplus.
 */
export const zoneAware = defineStrategy({
  name: 'zone-aware',
  options: z.strictObject({
    zone: z.string().min(1).meta({ description: 'Where this gateway is.' }),
    strategy: z.unknown().default('p2c').meta({ description: 'The strategy that chooses among those.' }),
    healthy: share().prefault('70%').meta({ description: 'The share of the zone that must be fit.' }),
    load: z
      .number()
      .min(1)
      .default(1.5)
      .meta({ description: 'How much more than its part the zone may have under way.' }),
  }),
  inner: 'strategy',
  create({ zone, healthy, load }, { inner }) {
    const strategy = inner()
    const splitOf = perList((endpoints) => new Split(endpoints, zone))
    let known = 0
    return {
      pick(endpoints, context) {
        const split = splitOf(endpoints)
        const enough = split.near.length > 0 && split.near.length >= healthy * known
        return strategy.pick(enough && split.strain() <= load ? split.near : endpoints, context)
      },
      update(endpoints) {
        known = endpoints.filter(({ instance }) => instance.zone === zone && instance.status === 'up').length
        strategy.update?.(endpoints)
      },
      observe: (endpoint, latencyMs, failed) => strategy.observe?.(endpoint, latencyMs, failed),
      ...(strategy.keeps && { keeps: (context) => strategy.keeps!(context) }),
      ...(strategy.score && { score: (endpoint, context) => strategy.score!(endpoint, context) }),
    }
  },
})
