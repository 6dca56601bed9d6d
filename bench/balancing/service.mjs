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

/** The context of a pick on behalf of one of `clients`, who keep their cookies. One object for all of them, as each pick is over at once. */
export class Caller {
  service = SERVICE
  method = 'GET'
  path = '/'
  clientAddress = ''
  inFlight = 0
  #cookies
  #client = 0

  constructor(clients, cookies = new Array(clients)) {
    this.#cookies = cookies
  }

  be(client) {
    this.#client = client
    this.path = `/items/${client}?page=1`
    this.clientAddress = `10.${client >> 16}.${(client >> 8) & 255}.${client & 255}`
    return this
  }

  header(name) {
    if (name === 'cookie') return this.#cookies[this.#client]
    if (name === 'x-user') return `user-${this.#client}`
    return name === 'host' ? 'shop.example' : undefined
  }

  setCookie(_name, value) {
    this.#cookies[this.#client] = value.split(';', 1)[0]
  }
}
