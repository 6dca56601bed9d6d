// Has the data path become slower? Ratios to a proxy that never changes, against the committed ones; see docs/benchmark.md.
import { cases } from './check/cases.mjs'
import { measureCase, warmUp } from './check/measure.mjs'
import { readOptions, usage } from './check/options.mjs'
import { commitRatios, committedRatios } from './check/ratios.mjs'
import { openSides } from './check/sides.mjs'
import { judge, table } from './check/verdict.mjs'
import { enter, say } from './entry.mjs'
import { median } from './statistics.mjs'
import { buildPortolan } from './tools.mjs'
import { workFolder } from './work-folder.mjs'

/** At most that often a case is measured before it is called slower. */
const TIMES = 3
const WARM_UP_MS = 2000

await enter(main)

async function main(argv) {
  const options = readOptions(argv)
  if (options.help) return print(usage)
  buildPortolan(say)
  return options.update ? update(options) : compare(options, committedRatios() ?? {})
}

/** The medians of several measurements. */
async function update(options) {
  const rounds = []
  for (let round = 0; round < TIMES; round++) rounds.push(await measure(cases))
  const ratios = cases.map(({ name }) => [name, median(rounds.map((measured) => measured[name]))])
  show(judge(Object.fromEntries(ratios), committedRatios() ?? {}), options)
  commitRatios(Object.fromEntries(ratios))
  return 0
}

/**
 * What disturbs the machine passes, and a JIT has its moods; what has become slower stays. So what looks slower is measured again,
 * in new processes, and the least counts.
 */
async function compare(options, committed) {
  const measured = await measure(cases)
  const slowOnes = () => judge(measured, committed).filter(({ slower }) => slower)
  for (let times = 1; times < TIMES && slowOnes().length > 0; times++) {
    const names = slowOnes().map(({ name }) => name)
    const again = await measure(cases.filter(({ name }) => names.includes(name)))
    for (const name of names) measured[name] = Math.min(measured[name], again[name])
  }
  const verdicts = judge(measured, committed)
  show(verdicts, options)
  const unknown = verdicts.some((verdict) => verdict.committed === undefined)
  if (unknown) say(`nothing to compare with on Node ${process.versions.node}: \`--update\` keeps these ratios`)
  return unknown || slowOnes().length > 0 ? 1 : 0
}

/** @returns ratios by case */
async function measure(some) {
  const sides = await openSides(workFolder())
  try {
    await warmUp(cases[0], sides, WARM_UP_MS)
    const ratios = {}
    for (const one of some) {
      const { ratio, gatewayMicros, yardstickMicros } = await measureCase(one, sides)
      const [own, yardstick] = [gatewayMicros, yardstickMicros].map((micros) => micros.toFixed(1))
      say(`${one.name}: ${own} µs CPU/request, the yardstick ${yardstick}`)
      ratios[one.name] = ratio
    }
    return ratios
  } finally {
    await sides.close()
  }
}

function show(verdicts, { json }) {
  print(json ? `${JSON.stringify(verdicts, null, 2)}\n` : table(verdicts))
}

function print(text) {
  process.stdout.write(text)
  return 0
}
