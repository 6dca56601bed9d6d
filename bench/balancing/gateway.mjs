// What of the gateway is driven, as it was built; and how one of its workers is made from it.
import { guarded, Pool } from '../../dist/src/balancing/index.js'
import { strategies } from '../../dist/strategies/index.js'

export { LiveEndpoint } from '../../dist/src/balancing/index.js'

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
  return plugin.create(checked, { ...context, inner })
}

function valid({ name, options: schema }, options) {
  const { issues, value } = schema['~standard'].validate(options)
  if (issues) throw new Error(`options of ${name}: ${issues.map(({ message }) => message).join('; ')}`)
  return value
}

/** @param ref what the strategy is: `{ type, options }` */
export function poolOf(ref, instances, { now, random, ordinal = 0, health }) {
  const context = { log, now, random, ordinal, directory: '.' }
  const strategy = guarded(SERVICE, () => strategyOf(ref, context), log)
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
