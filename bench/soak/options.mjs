import { parseArgs } from 'node:util'

export const usage = `npm run bench:soak -- [options]

  --seconds N     of mixed traffic (300); with less it prints, and leaves bench/SOAK.md alone
  --json          JSON on stdout instead of the table
`

/** @throws a one-line error for an unknown option or number */
export function readOptions(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      seconds: { type: 'string', default: '300' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const seconds = Number(values.seconds)
  if (!Number.isInteger(seconds) || seconds < 10)
    throw new Error(`--seconds: "${values.seconds}" is not a whole number from 10`)
  return { help: values.help, json: values.json, seconds }
}
