import { portolanWith } from '../candidates/portolan.mjs'

// These send one client to one instance, or need not do otherwise.
const byKey = ['maglev', 'rendezvous', 'ring-hash']
const spreading = ['p2c', 'peak-ewma', 'least-request', 'weighted', 'random', 'sticky', 'zone-aware']

const gateway = (strategy) =>
  portolanWith({
    name: strategy,
    does: `portolan, balancing: ${strategy}`,
    settings: { balancing: strategy },
    spreads: !byKey.includes(strategy),
  })

/** @type {import('./index.mjs').Case} */
export const strategies = {
  name: 'strategies',
  does: 'Portolan with each of its balancing strategies over two instances; GETs answered with 150 bytes, 64 keep-alive connections',
  candidates: ['round-robin', ...spreading, ...byKey].map(gateway),
}
