import type { Endpoint } from '../../src/plugin/index.ts'

/** Who has which key: a circle of places, each of which belongs to an endpoint. */
export interface Wheel {
  readonly places: number
  /** The place of a key, of which 32 bits are given. */
  placeOf(key: number): number
  ownerOf(place: number): Endpoint
}

export type Places = Uint8Array | Uint16Array | Uint32Array

/** `length` numbers below `count`, in no more bytes than that takes. */
export function placesOf(length: number, count: number): Places {
  if (count <= 2 ** 8) return new Uint8Array(length)
  return count <= 2 ** 16 ? new Uint16Array(length) : new Uint32Array(length)
}
