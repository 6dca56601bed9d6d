import { z } from 'zod'
import {
  type BalancingStrategy,
  defineStrategy,
  type Endpoint,
  type PickContext,
  perList,
  share,
} from '../../src/plugin/index.ts'
import { hash, mix } from './hash.ts'
import { keyOf, keySchema } from './key.ts'
import type { Wheel } from './wheel.ts'

const options = z.strictObject({
  key: keySchema.prefault('client').meta({
    description: 'What goes to the same instance: client, path, or the name of a header, cookie or query parameter.',
  }),
  balance: share(100)
    .refine((part) => part >= 1, 'is less than 100%')
    .nullable()
    .prefault(null)
    .meta({ description: 'No instance has more requests under way than this share of the mean.' }),
  fallback: z.unknown().default('p2c').meta({ description: 'The strategy for requests without the key.' }),
})

/** How far a key is carried on before those that may take it bid for it. */
const MOST_STEPS = 64

/**
 * A strategy that sends a key to the same endpoint each time. `build` makes the wheel, from all endpoints of the service
 * and the wheel before; it is asked for when it is first needed after a change. A key whose owner is not offered, or has
 * its bound of load, goes to the next on the wheel: "Consistent Hashing with Bounded Loads", Mirrokni et al., 2016.
 */
export const affine = <W extends Wheel>(
  name: string,
  build: (endpoints: readonly Endpoint[], before: W | undefined) => W,
) =>
  defineStrategy({
    name,
    options,
    inner: 'fallback',
    create({ key, balance }, { inner }): BalancingStrategy {
      const fallback = inner()
      const read = keyOf(key)
      const membersOf = perList((endpoints) => new Set(endpoints))
      const seedsOf = perList((endpoints) => Uint32Array.from(endpoints, ({ instance }) => hash(instance.id)))
      const weightOf = perList((endpoints) => endpoints.reduce((sum, { instance }) => sum + instance.weight, 0))
      let all: readonly Endpoint[] = []
      let weights: readonly number[] = []
      let told = false
      let wheel: W | undefined
      let stale = true

      function take(endpoints: readonly Endpoint[]): void {
        // Slow start changes weights that are not looked at here.
        const alike =
          endpoints.length === all.length &&
          endpoints.every((each, at) => each === all[at] && each.instance.weight === weights[at])
        if (alike) return
        stale = true
        all = endpoints
        weights = endpoints.map(({ instance }) => instance.weight)
      }

      function choose(bits: number, endpoints: readonly Endpoint[], context: PickContext): Endpoint {
        if (!told && endpoints !== all) take(endpoints)
        if (stale) wheel = build(all.toSorted(byId), wheel)
        stale = false
        const { places } = wheel!
        const offered = endpoints.length === all.length ? undefined : membersOf(endpoints)
        const perWeight =
          balance === null ? Number.POSITIVE_INFINITY : (balance * (context.inFlight + 1)) / weightOf(endpoints)
        let place = wheel!.placeOf(bits)
        for (let step = 0; step < MOST_STEPS; step++) {
          const owner = wheel!.ownerOf(place)
          if (hasRoom(owner, perWeight) && (offered?.has(owner) ?? true)) return owner
          place = place + 1 === places ? 0 : place + 1
        }
        return highest(bits, endpoints, seedsOf(endpoints), perWeight)
      }

      return {
        pick(endpoints, context) {
          const value = read(context)
          return value ? choose(hash(value), endpoints, context) : fallback.pick(endpoints, context)
        },
        update(endpoints) {
          told = true
          take(endpoints)
          fallback.update?.(endpoints)
        },
        observe: (endpoint, latencyMs, failed) => fallback.observe?.(endpoint, latencyMs, failed),
      }
    },
  })

/** Whether one more request is within the bound, which is rounded up. */
const hasRoom = ({ inFlight, instance }: Endpoint, perWeight: number) =>
  inFlight < Math.ceil(perWeight * instance.weight)

/** Gateways that learn of the instances in another order send a key to the same one. */
const byId = ({ instance: one }: Endpoint, { instance: other }: Endpoint) => (one.id < other.id ? -1 : 1)

/** Of those that have room the one with the highest bits for the key, so that a key stays while others come and go. */
function highest(key: number, endpoints: readonly Endpoint[], seeds: Uint32Array, perWeight: number): Endpoint {
  let best = key % endpoints.length
  let most = -1
  for (let at = 0; at < seeds.length; at++) {
    const bits = mix(key ^ seeds[at]!)
    if (bits <= most || !hasRoom(endpoints[at]!, perWeight)) continue
    most = bits
    best = at
  }
  return endpoints[best]!
}
