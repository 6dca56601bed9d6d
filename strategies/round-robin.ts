import { defineStrategy, type Endpoint } from '../src/plugin/index.ts'

/**
 * Each endpoint in turn, from the worker's ordinal on. Ignores weight and load.
 *
 * The turn goes to whoever stands after the last one picked, found by instance id, so it survives a list that grows,
 * shrinks or changes its order; when the last one is gone, to whoever has moved up into its place. A turn is an attempt,
 * not a request: a retry takes the next endpoint's turn, and those that are left share a failing one's load evenly.
 * A list of one takes nobody's turn, so workers keep their distance while a service is down to one instance.
 */
export const roundRobin = defineStrategy({
  name: 'round-robin',
  create(_options, { ordinal }) {
    let place = ordinal
    let last = ''
    return {
      pick(endpoints) {
        if (endpoints.length === 1) return endpoints[0]!
        const successor = endpoints[place]?.instance.id === last ? place + 1 : after(last, endpoints, place)
        place = successor % endpoints.length
        const picked = endpoints[place]!
        last = picked.instance.id
        return picked
      },
    }
  },
})

function after(id: string, endpoints: readonly Endpoint[], otherwise: number): number {
  for (let at = 0; at < endpoints.length; at++) if (endpoints[at]!.instance.id === id) return at + 1
  return otherwise
}
