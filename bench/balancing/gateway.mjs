// What of the gateway is driven, as it was built; and how one of its workers is made from it.
import { guarded, LiveEndpoint, Pool } from '../../dist/src/balancing/index.js'
import { Outliers } from '../../dist/src/health/index.js'
import { strategies } from '../../dist/strategies/index.js'

export const SERVICE = 'shop'

const plugins = new Map(strategies.map((plugin) => [plugin.name, plugin]))

export const strategyNames = [...plugins.keys()]

const quiet = () => {}
const log = { debug: quiet, info: quiet, warn: quiet, error: complain }

/** A guarded strategy logs what it throws, and goes on: here that would be a figure of nothing. */
function complain({ err }, message) {
  throw new Error(message, { cause: err })
}

/** A strategy as the gateway makes it: options checked, defaults filled in, another one within it made alike. */
export function strategyOf({ type, options = {} }, context) {
  const plugin = plugins.get(type)
  const checked = plugin.options ? valid(plugin, options) : undefined
  const inner = () => {
    const named = checked[plugin.inner]
    return strategyOf(typeof named === 'string' ? { type: named } : named, context)
  }
  return plugin.create(checked, { log, service: SERVICE, directory: '.', ordinal: 0, ...context, inner })
}

function valid({ name, options: schema }, options) {
  const { issues, value } = schema['~standard'].validate(options)
  if (issues) throw new Error(`options of ${name}: ${issues.map(({ message }) => message).join('; ')}`)
  return value
}

/** A strategy that nothing stands around, and what it picks from. */
export function bareOf(ref, instances, context) {
  const strategy = strategyOf(ref, context)
  const endpoints = instances.map((instance) => new LiveEndpoint(instance, 0))
  strategy.update?.(endpoints)
  return { strategy, endpoints }
}

/** @param ref what the strategy is: `{ type, options }` */
export function poolOf(ref, instances, { now, random, ordinal = 0, health }) {
  const strategy = guarded(SERVICE, () => strategyOf(ref, { now, random, ordinal }), log)
  const pool = new Pool(SERVICE, strategy, {
    random,
    now,
    wallMs: now,
    panicBelow: 0.5,
    slowStartMs: 0,
    probed: false,
    ...health,
  })
  pool.update(instances)
  return pool
}

/** Passive ejection, for the pool of one worker. */
export function outliersOf(settings, { random }) {
  return new Outliers(settings, { random, log })
}
