import { strategyNames } from './gateway.mjs'

/** How a strategy is set up here, where it is not by its defaults. `options` gets the ordinal of the worker. */
const settings = {}

/** Every strategy that comes with the gateway. */
export const contenders = strategyNames.map((type) => ({ name: type, type, ...settings[type] }))
