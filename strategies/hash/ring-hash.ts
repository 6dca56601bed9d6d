import type { Endpoint } from '../../src/plugin/index.ts'
import { affine } from './affine.ts'
import { hash, mix } from './hash.ts'
import { type Places, placesOf, type Wheel } from './wheel.ts'

const POINTS = 100

/**
 * A ring of points, many for each endpoint in proportion to its weight; a key belongs to the next point. Who comes or goes
 * moves its own keys and no others. Karger et al., "Consistent Hashing and Random Trees", 1997; the form is ketama's.
 */
export const ringHash = affine('ring-hash', (endpoints): Ring => new Ring(endpoints))

class Ring implements Wheel {
  readonly places: number
  readonly #endpoints: readonly Endpoint[]
  readonly #points: Uint32Array
  readonly #owners: Places
  /** Where to begin to look, by the first bits of a key: two to four points are left to walk. */
  readonly #guide: Uint32Array
  readonly #shift: number

  constructor(endpoints: readonly Endpoint[]) {
    const sorted = pointsOf(endpoints)
    this.places = sorted.length
    this.#endpoints = endpoints
    this.#points = new Uint32Array(sorted.length)
    this.#owners = placesOf(sorted.length, endpoints.length)
    for (let place = 0; place < sorted.length; place++) {
      const point = Math.floor(sorted[place]! / OWNERS)
      this.#points[place] = point
      this.#owners[place] = sorted[place]! - point * OWNERS
    }
    this.#shift = 1 + Math.clz32(sorted.length >>> 1)
    this.#guide = new Uint32Array(2 ** (32 - this.#shift))
    for (let at = 0, place = 0; at < this.#guide.length; at++) {
      while (place < this.places && this.#points[place]! >>> this.#shift < at) place++
      this.#guide[at] = place
    }
  }

  placeOf(key: number): number {
    let place = this.#guide[key >>> this.#shift]!
    while (this.#points[place]! < key) place++
    return place === this.places ? 0 : place
  }

  ownerOf(place: number): Endpoint {
    return this.#endpoints[this.#owners[place]!]!
  }
}

/** 32 bits of a point and 20 of its owner fit into a number, and typed arrays sort numbers without being told how. */
const OWNERS = 2 ** 20

function pointsOf(endpoints: readonly Endpoint[]): Float64Array {
  const unit = unitOf(endpoints)
  const counts = endpoints.map(({ instance }) => Math.max(1, Math.round((POINTS * instance.weight) / unit)))
  const points = new Float64Array(counts.reduce((sum, count) => sum + count, 0))
  let at = 0
  for (const [owner, { instance }] of endpoints.entries()) {
    const start = hash(instance.id)
    const stride = hash(instance.id, 1) | 1
    for (let point = 0; point < counts[owner]!; point++)
      points[at++] = mix(start + Math.imul(point, stride)) * OWNERS + owner
  }
  return points.sort()
}

/** The power of two next to the mean weight: the ring has about as many points whatever weights are measured in. */
function unitOf(endpoints: readonly Endpoint[]): number {
  const sum = endpoints.reduce((sum, { instance }) => sum + instance.weight, 0)
  return 2 ** Math.round(Math.log2(sum / endpoints.length))
}
