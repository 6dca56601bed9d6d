import type { Endpoint } from '../../src/plugin/index.ts'
import { affine } from './affine.ts'
import { hash } from './hash.ts'
import { turnsOf } from './turns.ts'
import { type Places, placesOf, type Wheel } from './wheel.ts'

const PLACES = 65_537 // a prime, so that every stride reaches every place

/**
 * A table of places, which the endpoints take in turn, each in an order of its own, as often as their weights say: the most
 * even of the tables, and looked up at once. A change moves a few keys more than those of whom it concerns.
 * Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", 2016.
 */
export const maglev = affine('maglev', (endpoints): Wheel => {
  const owners = tableOf(endpoints)
  return {
    places: PLACES,
    placeOf: (key) => key % PLACES,
    ownerOf: (place) => endpoints[owners[place]!]!,
  }
})

function tableOf(endpoints: readonly Endpoint[]): Places {
  const owners = placesOf(PLACES, endpoints.length)
  const taken = new Uint8Array(PLACES)
  const next = Int32Array.from(endpoints, ({ instance }) => hash(instance.id) % PLACES)
  const strides = Int32Array.from(endpoints, ({ instance }) => 1 + (hash(instance.id, 1) % (PLACES - 1)))
  const turns = turnsOf(endpoints, PLACES)
  for (let left = PLACES; left > 0; left--) {
    const owner = turns.next().value
    const place = freeFrom(next[owner]!, strides[owner]!, taken)
    next[owner] = place
    taken[place] = 1
    owners[place] = owner
  }
  return owners
}

function freeFrom(first: number, stride: number, taken: Uint8Array): number {
  let place = first
  while (taken[place] === 1) place = place + stride < PLACES ? place + stride : place + stride - PLACES
  return place
}
