import { portolanWith } from '../candidates/portolan.mjs'

/** In what order they are shown, the first being what they are compared with; and what must be set. */
const options = {
  'round-robin': undefined,
  p2c: undefined,
  'peak-ewma': undefined,
  'least-request': undefined,
  weighted: undefined,
  random: undefined,
  'ring-hash': undefined,
  maglev: undefined,
  rendezvous: undefined,
  sticky: { secret: 'only for the benchmark' },
  'zone-aware': { zone: 'a' },
}

const gateway = ([type, set]) =>
  portolanWith({
    name: type,
    does: `portolan, balancing: ${type}`,
    settings: { balancing: { type, options: set } },
    spreads: type === 'round-robin', // the others owe an instance nothing in so few requests
  })

/** @type {import('./index.mjs').Case} */
export const strategies = {
  name: 'strategies',
  does: 'Portolan with each of its balancing strategies over two instances; GETs answered with 150 bytes, 64 keep-alive connections',
  candidates: Object.entries(options).map(gateway),
}
