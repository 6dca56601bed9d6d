import { SERVICE } from './gateway.mjs'

export const ZONES = ['a', 'b', 'c']

/** Instances as a registry would tell of them. `weightOf` gives the weight of the nth. */
export function instancesOf(count, weightOf = () => 1) {
  return Array.from({ length: count }, (_, at) => {
    const host = `10.0.${at >> 8}.${at & 255}`
    return {
      id: `${host}:8080`,
      host,
      port: 8080,
      tls: false,
      weight: weightOf(at),
      zone: ZONES[at % ZONES.length],
      status: 'up',
      metadata: {},
    }
  })
}

/** Somebody who calls again and again, and keeps cookies: the context of a pick. */
export class Caller {
  service = SERVICE
  method = 'GET'
  path
  clientAddress
  inFlight = 0
  #user
  #cookie

  constructor(number) {
    this.path = flat(`/items/${number}?page=1`)
    this.clientAddress = flat(`10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`)
    this.#user = flat(`user-${number}`)
  }

  header(name) {
    if (name === 'cookie') return this.#cookie
    if (name === 'x-user') return this.#user
    return name === 'host' ? 'shop.example' : undefined
  }

  setCookie(_name, value) {
    this.#cookie = flat(value.split(';', 1)[0])
  }
}

export const callersOf = (count) => Array.from({ length: count }, (_, number) => new Caller(number))

/** As a parser gives it: in one piece, and not as what it was put together from. */
const flat = (text) => Buffer.from(text, 'latin1').toString('latin1')
