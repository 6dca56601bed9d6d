// Measures Portolan beside its peers, case by case, in one run; see docs/benchmark.md.
import { writeFileSync } from 'node:fs'
import { cases } from './cases/index.mjs'
import { enter, say } from './entry.mjs'
import { targetRows } from './goals/index.mjs'
import { commandLine, loadAverage, machine } from './machine.mjs'
import { readOptions, usage } from './options.mjs'
import { ticksPerSecond } from './proc.mjs'
import { markdown, plainTable } from './report.mjs'
import { allRounds } from './rounds.mjs'
import { summarize } from './summary.mjs'
import { plainTargets } from './targets.mjs'
import { buildPortolan, prepareTools, versions } from './tools.mjs'

await enter(main)

/** @returns the exit code: 0 when nothing has failed and no target was missed */
async function main(argv) {
  const everyone = new Map(cases.flatMap((what) => what.candidates).map(({ name, does }) => [name, does]))
  const options = readOptions(argv, { cases: cases.map(({ name }) => name), candidates: [...everyone.keys()] })
  if (options.help) return print(usage)
  if (options.list) return print(list(everyone))
  const full = !options.only && !options.case
  const generators = prepareTools(say)
  buildPortolan(say)
  const before = loadAverage()
  const context = { date: new Date().toISOString(), machine: machine(), versions: versions(generators) }
  const results = (await allRounds(chosen(options), { generators, options, say })).map(summarize)
  const targets = await targetRows(results, { say, full })
  const load = `${before} at the start, ${loadAverage()} at the end`
  const report = { ...context, load, method: method(generators, options), command: commandLine('bench', argv) }
  const json = () => `${JSON.stringify({ ...report, cases: results, targets }, null, 2)}\n`
  print(options.json ? json() : [...results.map(plainTable), plainTargets(targets)].join('\n'))
  if (full) writeFileSync(new URL('RESULTS.md', import.meta.url), markdown(results, targets, report))
  else say('bench/RESULTS.md is left alone: not everything ran')
  const failed = results.some(({ rows }) => rows.some((row) => row.failed))
  return failed || targets.some(({ met }) => met === false) ? 1 : 0
}

/** The cases that are wanted, each with the candidates that are. */
function chosen({ case: names, only }) {
  return cases
    .filter(({ name }) => !names || names.includes(name))
    .map((what) => ({ ...what, chosen: what.candidates.filter(({ name }) => !only || only.includes(name)) }))
    .filter((what) => what.chosen.length > 0)
}

function list(everyone) {
  const line = ([name, does]) => `  ${name}: ${does}\n`
  const ofCases = cases.map(({ name, does, candidates }) => line([name, `${does} (${candidates.length} candidates)`]))
  return ['cases\n', ...ofCases, '\ncandidates\n', ...[...everyone].map(line)].join('')
}

function method({ closed }, { rounds, seconds, warmup }) {
  const ticks = `CPU times in ticks of ${1000 / ticksPerSecond} ms`
  return `${closed.name}; medians of ${rounds} rounds of ${seconds} s after ${warmup} s of warm-up; ${ticks}`
}

function print(text) {
  process.stdout.write(text)
  return 0
}
