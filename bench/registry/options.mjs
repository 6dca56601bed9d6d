import { parseArgs } from 'node:util'
import { chosenNames } from '../chosen-names.mjs'

export const usage = (known) => `npm run bench:registry -- [options]

  --only a,b      these parts only: ${known.join(', ')}; prints, and leaves bench/REGISTRY.md alone
  --profile DIR   writes CPU profiles of the churn there, and prints what is heaviest in them
  --json          JSON on stdout instead of the table
`

/** @throws a one-line error for an unknown option or part */
export function readOptions(argv, known) {
  const { values } = parseArgs({
    args: argv,
    options: {
      only: { type: 'string' },
      profile: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  return { ...values, only: chosenNames('part', values.only, known) }
}
