import type { Endpoint } from '../../src/plugin/index.ts'
import { affine } from './affine.ts'
import { type Bidder, bid, bidderOf, type Class, classesOf, lowest, nameOf } from './bidder.ts'
import { type Places, placesOf, type Wheel } from './wheel.ts'

const SLOTS = 65_536

/** With more of them than this, comparing newcomers with the owners of all slots would hold up the worker: all is forgotten. */
const MOST_NEWCOMERS = 32

/**
 * Keys fall into slots, and each slot to the endpoint that bids lowest for it, by weight: highest random weight, Thaler and
 * Ravishankar, 1998; weighted as by Schindelhauer and Schomaker, 2005. A slot's owner is found when it is first asked for,
 * and remembered. A leaver frees its own slots, and a newcomer is compared with the owners: nobody else's change, whether they
 * are remembered or found anew.
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
    const joined = this.#bidders.filter(({ number }) => !stayed.has(number))
    if (joined.length > MOST_NEWCOMERS) return
    const newcomers = classesOf(joined)
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
