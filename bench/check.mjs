// Has the data path become slower? Ratios to a proxy that never changes, against the committed ones; see docs/benchmark.md.
import { cases } from './check/cases.mjs'
import { measureCase, warmUp } from './check/measure.mjs'
import { readOptions, usage } from './check/options.mjs'
import { commitRatios, committedRatios } from './check/ratios.mjs'
import { openSides } from './check/sides.mjs'
import { judge, table } from './check/verdict.mjs'
import { killAll } from './processes.mjs'
import { buildPortolan } from './tools.mjs'
import { workFolder } from './work-folder.mjs'

/** At most. */
const TIMES = 3
const WARM_UP_MS = 2000

const say = (line) => process.stderr.write(`bench: ${line}\n`)

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  say(error.message)
  process.exitCode = 1
} finally {
  killAll()
}

async function main(argv) {
  const options = readOptions(argv)
  if (options.help) return print(usage)
  const committed = committedRatios() ?? {}
  buildPortolan(say)
  const verdicts = await measure(options.update ? {} : committed)
  print(options.json ? `${JSON.stringify(verdicts, null, 2)}\n` : table(verdicts))
  if (options.update) {
    commitRatios(Object.fromEntries(verdicts.map(({ name, measured }) => [name, measured])))
    return 0
  }
  const unknown = verdicts.filter((verdict) => verdict.committed === undefined)
  if (unknown.length > 0)
    say(`nothing to compare with on Node ${process.versions.node}: \`--update\` keeps these ratios`)
  return unknown.length > 0 || verdicts.some(({ slower }) => slower) ? 1 : 0
}

async function measure(committed) {
  const sides = await openSides(workFolder())
  try {
    const verdicts = []
    await warmUp(cases[0], sides, WARM_UP_MS)
    for (const one of cases) verdicts.push(await judged(one, sides, committed))
    return verdicts
  } finally {
    await sides.close()
  }
}

/** What disturbs the machine passes, what has become slower stays: so what looks slower is measured again, and the least counts. */
async function judged(one, sides, committed) {
  let ratio = Number.POSITIVE_INFINITY
  for (let times = 0; times < TIMES; times++) {
    const result = await measureCase(one, sides)
    const [own, yardstick] = [result.gatewayMicros, result.yardstickMicros].map((micros) => micros.toFixed(1))
    say(`${one.name}: ${own} µs CPU/request, the yardstick ${yardstick}`)
    ratio = Math.min(ratio, result.ratio)
    if (!judge({ [one.name]: ratio }, committed)[0].slower) break
  }
  return judge({ [one.name]: ratio }, committed)[0]
}

function print(text) {
  process.stdout.write(text)
  return 0
}
