import { parseArgs } from 'node:util'

export const usage = `npm run fuzz -- [options]

  --seconds N     how long, in all (60)
  --seed N        where chance begins (by the clock): the same seed makes the same cases
  --workers a,b   one phase with each number of workers (0,2)
  --only N        the case of this number alone: what was found, again
  --json          what was found as JSON on standard output, all else on standard error
`

/** @throws a one-line error for an unknown option or number */
export function readOptions(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      workers: { type: 'string', default: '0,2' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  return {
    help: values.help,
    json: values.json,
    seconds: whole('seconds', values.seconds),
    seed: whole('seed', values.seed),
    workers: values.workers.split(',').map((count) => whole('workers', count)),
    only: values.only === undefined ? undefined : whole('only', values.only),
  }
}

function whole(name, value) {
  if (!/^\d{1,9}$/.test(value)) throw new Error(`--${name}: "${value}" is not a whole number`)
  return Number(value)
}
