import { strategyNames } from './gateway.mjs'
import { ZONES } from './service.mjs'

/**
 * How a strategy is set up where it is not by its defaults. `options` gets the ordinal of the worker. `fromWorkers`: how
 * many there must be at least.
 */
const settings = {
  sticky: { options: () => ({ secret: 'a secret of the benchmark' }) },
  // It counts on gateways in the other zones.
  'zone-aware': { options: (ordinal) => ({ zone: ZONES[ordinal % ZONES.length] }), fromWorkers: ZONES.length },
}

/** Every strategy that comes with the gateway. */
export const contenders = strategyNames.map((type) => ({
  name: type,
  type,
  fromWorkers: 1,
  options: () => ({}),
  ...settings[type],
}))

/** Those that a key goes to the same instance with; and the same, with a bound on the load of each. */
export const byKey = contenders.filter(({ type }) => ['ring-hash', 'maglev', 'rendezvous'].includes(type))
export const bounded = byKey.map((strategy) => ({
  ...strategy,
  name: `${strategy.name}, balance: 125%`,
  options: () => ({ balance: '125%' }),
}))
