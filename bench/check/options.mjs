import { parseArgs } from 'node:util'

export const usage = `npm run bench:check -- [options]

  --update        takes what is measured as the ratios to compare with (bench/check/ratios.json)
  --json          JSON on stdout instead of the table
  Exit code 1 when a case has become slower by more than 15 %.
`

/** @throws a one-line error for an unknown option */
export function readOptions(argv) {
  const flag = { type: 'boolean', default: false }
  const { values } = parseArgs({ args: argv, options: { update: flag, json: flag, help: { ...flag, short: 'h' } } })
  return values
}
