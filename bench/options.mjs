import { parseArgs } from 'node:util'
import { chosenNames } from './chosen-names.mjs'

export const usage = `npm run bench -- [options]

  --rounds N      rounds, each over all cases and candidates (3)
  --seconds N     measured time per candidate, case and round (2)
  --warmup N      load before it, not measured (2); one second at most for what has no JIT, longer in some cases
  --case a,b      these cases only
  --only a,b      these candidates only
                  either prints, and leaves bench/RESULTS.md alone
  --json          JSON on stdout instead of the tables
  --list          the cases and the candidates, and what each of them does
`

/**
 * @param known the names of `cases` and `candidates`
 * @throws a one-line error for an unknown option, case, candidate or number
 */
export function readOptions(argv, known) {
  const text = (fallback) => ({ type: 'string', ...(fallback && { default: fallback }) })
  const { values } = parseArgs({
    args: argv,
    options: {
      rounds: text('3'),
      seconds: text('2'),
      warmup: text('2'),
      case: text(),
      only: text(),
      json: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  return {
    ...values,
    case: chosenNames('case', values.case, known.cases),
    only: chosenNames('candidate', values.only, known.candidates),
    rounds: whole('rounds', values.rounds, 1),
    seconds: whole('seconds', values.seconds, 1),
    warmup: whole('warmup', values.warmup, 0),
  }
}

function whole(name, value, least) {
  if (!/^\d+$/.test(value) || Number(value) < least)
    throw new Error(`--${name}: "${value}" is not a whole number from ${least}`)
  return Number(value)
}
