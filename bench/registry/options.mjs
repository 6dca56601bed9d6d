import { parseArgs } from 'node:util'

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
  const only = values.only?.split(',').map((name) => name.trim())
  const unknown = only?.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`unknown part "${unknown}"; known: ${known.join(', ')}`)
  return { ...values, only }
}
