import { parseArgs } from 'node:util'

export const usage = `npm run bench:pairs -- [options]

  --rounds N      how often each pair is under load for two seconds (18)
  --beside DIR    compares what is built here with what is built in another checkout, and with nothing else
  --json          JSON on stdout instead of the table
  Exit code 1 when a target is missed.
`

/** @throws a one-line error for an unknown option or a wrong value */
export function readOptions(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      rounds: { type: 'string', default: '18' },
      beside: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const rounds = Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1 on')
  return { ...values, rounds }
}
