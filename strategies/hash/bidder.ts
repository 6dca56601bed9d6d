import type { Endpoint } from '../../src/plugin/index.ts'
import { hash, mix } from './hash.ts'

/** An endpoint that bids for slots. */
export interface Bidder {
  readonly endpoint: Endpoint
  readonly number: number
  readonly weight: number
  readonly start: number
  readonly stride: number
}

/** Bidders of one weight: of these the highest bits bid lowest, and no logarithm is needed to say so. */
export type Class = readonly Bidder[]

export function bidderOf(endpoint: Endpoint, number: number): Bidder {
  const { id, weight } = endpoint.instance
  return { endpoint, number, weight, start: hash(id), stride: hash(id, 1) | 1 }
}

/** Who has another weight bids anew. */
export const nameOf = ({ endpoint, weight }: Bidder) => `${weight} ${endpoint.instance.id}`

export function classesOf(bidders: readonly Bidder[]): readonly Class[] {
  const byWeight = new Map<number, Bidder[]>(bidders.map(({ weight }) => [weight, []]))
  for (const bidder of bidders) byWeight.get(bidder.weight)!.push(bidder)
  return [...byWeight.values()]
}

const bits = (slot: number, { start, stride }: Bidder) => mix(start + Math.imul(slot, stride))

/** Exponentially distributed, at a rate that is the weight: each is the lowest with a chance in proportion to it. */
export const bid = (slot: number, bidder: Bidder) => -Math.log((bits(slot, bidder) + 1) / 2 ** 32) / bidder.weight

export function lowest(slot: number, classes: readonly Class[]): Bidder {
  let best = classes[0]![0]!
  let least = Number.POSITIVE_INFINITY
  for (const bidders of classes) {
    const bidder = highest(slot, bidders)
    const its = bid(slot, bidder)
    if (its >= least) continue
    least = its
    best = bidder
  }
  return best
}

function highest(slot: number, bidders: Class): Bidder {
  let best = bidders[0]!
  let most = -1
  for (let at = 0; at < bidders.length; at++) {
    const its = bits(slot, bidders[at]!)
    if (its <= most) continue
    most = its
    best = bidders[at]!
  }
  return best
}
