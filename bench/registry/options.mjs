import { readPartOptions } from '../part-options.mjs'

export const usage = (known) => `npm run bench:registry -- [options]

  --only a,b      these parts only: ${known.join(', ')}; prints, and leaves bench/REGISTRY.md alone
  --profile DIR   writes CPU profiles of the churn there, and prints what is heaviest in them
  --json          JSON on stdout instead of the table
`

/** @throws a one-line error for an unknown option or part */
export const readOptions = (argv, known) => readPartOptions(argv, known, { profile: { type: 'string' } })
