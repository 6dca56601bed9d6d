import { parseArgs } from 'node:util'

export const usage = `npm run bench -- [options]

  --rounds N      rounds, each over all candidates (3)
  --seconds N     measured time per candidate and round (4)
  --warmup N      load before it, not measured (3)
  --connections N keep-alive connections (64)
  --only a,b      these candidates only; prints, and leaves bench/RESULTS.md alone
  --json          JSON on stdout instead of the table
  --list          the candidates, and what each of them does
`

/** @throws a one-line error for an unknown option, candidate or number */
export function readOptions(argv, known) {
  const text = (fallback) => ({ type: 'string', ...(fallback && { default: fallback }) })
  const { values } = parseArgs({
    args: argv,
    options: {
      rounds: text('3'),
      seconds: text('4'),
      warmup: text('3'),
      connections: text('64'),
      only: text(),
      json: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const only = values.only?.split(',').map((name) => name.trim())
  const unknown = only?.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`unknown candidate "${unknown}"; known: ${known.join(', ')}`)
  return {
    ...values,
    only,
    rounds: whole('rounds', values.rounds, 1),
    seconds: whole('seconds', values.seconds, 1),
    warmup: whole('warmup', values.warmup, 0),
    connections: whole('connections', values.connections, 1),
  }
}

function whole(name, value, least) {
  if (!/^\d+$/.test(value) || Number(value) < least)
    throw new Error(`--${name}: "${value}" is not a whole number from ${least}`)
  return Number(value)
}
