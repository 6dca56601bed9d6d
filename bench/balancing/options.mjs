import { readPartOptions } from '../part-options.mjs'

/** In the order in which they run. */
const parts = ['latency', 'ejection', 'movement', 'weights', 'cost', 'memory']

export const usage = `npm run bench:balancing -- [options]

  --only a,b      these parts only: ${parts.join(', ')}; prints, and leaves bench/BALANCING.md alone
  --seed N        where chance begins (1): one seed, one result, but for what is timed
  --json          JSON on stdout instead of the tables
`

/** @throws a one-line error for an unknown option, part or number */
export function readOptions(argv) {
  const values = readPartOptions(argv, parts, { seed: { type: 'string', default: '1' } })
  const wanted = values.only ?? parts
  if (!/^\d{1,6}$/.test(values.seed)) throw new Error(`--seed: "${values.seed}" is not a whole number of six digits`)
  const only = parts.filter((name) => wanted.includes(name))
  return { ...values, only, all: only.length === parts.length, seed: Number(values.seed) }
}
