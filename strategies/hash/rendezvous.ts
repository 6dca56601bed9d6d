import type { Endpoint } from '../../src/plugin/index.ts'
import { affine } from './affine.ts'
import { hash, mix } from './hash.ts'
import { type Places, placesOf, type Wheel } from './wheel.ts'

const SLOTS = 65_536

/**
 * Keys fall into slots, and each slot to the endpoint that bids lowest for it, by weight: highest random weight, Thaler and
 * Ravishankar, 1998; weighted as by Schindelhauer and Schomaker, 2005. A slot's owner is found when it is first asked for,
 * and remembered. A leaver frees its own slots, and a newcomer is compared with the owners: nobody else's change.
 */
export const rendezvous = affine('rendezvous', (endpoints, before?: Slots) => new Slots(endpoints, before))

class Slots implements Wheel {
  readonly places = SLOTS
  /** By number, which begins at 1. */
  readonly #bidders: readonly Bidder[]
  readonly #classes: readonly Class[]
  /** The number of its owner by slot; 0: not asked for yet. */
  readonly #owners: Places

  constructor(endpoints: readonly Endpoint[], before: Slots | undefined) {
    this.#bidders = endpoints.map((endpoint, at) => bidderOf(endpoint, at + 1))
    this.#classes = classesOf(this.#bidders)
    this.#owners = placesOf(SLOTS, endpoints.length + 1)
    if (before) this.#inherit(before)
  }

  placeOf(key: number): number {
    return key % SLOTS
  }

  ownerOf(slot: number): Endpoint {
    const owner = this.#owners[slot]!
    if (owner !== 0) return this.#bidders[owner - 1]!.endpoint
    const bidder = lowest(slot, this.#classes)
    this.#owners[slot] = bidder.number
    return bidder.endpoint
  }

  #inherit(before: Slots): void {
    const numbers = new Map(this.#bidders.map((bidder) => [nameOf(bidder), bidder.number]))
    const moved = before.#bidders.map((bidder) => numbers.get(nameOf(bidder)) ?? 0)
    const stayed = new Set(moved)
    const newcomers = classesOf(this.#bidders.filter(({ number }) => !stayed.has(number)))
    for (let slot = 0; slot < SLOTS; slot++) {
      const owner = moved[before.#owners[slot]! - 1] ?? 0
      this.#owners[slot] = owner === 0 || newcomers.length === 0 ? owner : this.#defended(slot, owner, newcomers)
    }
  }

  #defended(slot: number, owner: number, newcomers: readonly Class[]): number {
    const rival = lowest(slot, newcomers)
    return bid(slot, rival) < bid(slot, this.#bidders[owner - 1]!) ? rival.number : owner
  }
}

interface Bidder {
  readonly endpoint: Endpoint
  readonly number: number
  readonly weight: number
  readonly start: number
  readonly stride: number
}

/** Bidders of one weight: of these the highest bits bid lowest, and no logarithm is needed to say so. */
type Class = readonly Bidder[]

function bidderOf(endpoint: Endpoint, number: number): Bidder {
  const { id, weight } = endpoint.instance
  return { endpoint, number, weight, start: hash(id), stride: hash(id, 1) | 1 }
}

/** Who has another weight bids anew. */
const nameOf = ({ endpoint, weight }: Bidder) => `${weight} ${endpoint.instance.id}`

function classesOf(bidders: readonly Bidder[]): readonly Class[] {
  const byWeight = new Map<number, Bidder[]>(bidders.map(({ weight }) => [weight, []]))
  for (const bidder of bidders) byWeight.get(bidder.weight)!.push(bidder)
  return [...byWeight.values()]
}

const bits = (slot: number, { start, stride }: Bidder) => mix(start + Math.imul(slot, stride))

/** Exponentially distributed, at a rate that is the weight: each is the lowest with a chance in proportion to it. */
const bid = (slot: number, bidder: Bidder) => -Math.log((bits(slot, bidder) + 1) / 2 ** 32) / bidder.weight

function lowest(slot: number, classes: readonly Class[]): Bidder {
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
