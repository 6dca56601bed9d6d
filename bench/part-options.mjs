import { parseArgs } from 'node:util'
import { chosenNames } from './chosen-names.mjs'

/**
 * The options of a benchmark in parts: `--only` some, `--json`, `--help`, and `more`, as `parseArgs` has them.
 *
 * @returns the values; `only` is undefined when all are wanted
 * @throws a one-line error for an unknown option or part
 */
export function readPartOptions(argv, parts, more = {}) {
  const { values } = parseArgs({
    args: argv,
    options: {
      ...more,
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  return { ...values, only: chosenNames('part', values.only, parts) }
}
