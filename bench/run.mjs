// Measures Portolan beside its peers in one run; see docs/benchmark.md.
import { mkdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import { candidates } from './candidates/index.mjs'
import { measure } from './measure.mjs'
import { readOptions, usage } from './options.mjs'
import { allowedCores, ticksPerSecond } from './proc.mjs'
import { killAll, stop } from './processes.mjs'
import { markdown, plainTable, summarize } from './report.mjs'
import { buildPortolan, prepareTools, versions } from './tools.mjs'
import { startUpstream } from './upstream.mjs'
import { workFolder } from './work-folder.mjs'

const say = (line) => process.stderr.write(`bench: ${line}\n`)
const yardstick = candidates[0].name

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  say(error.message)
  killAll() // a child that still runs would keep this process alive
  process.exitCode = 1
}

async function main(argv) {
  const options = readOptions(
    argv,
    candidates.map(({ name }) => name),
  )
  if (options.help) return print(usage)
  if (options.list) return print(candidates.map(({ name, does }) => `${name}: ${does}\n`).join(''))
  const chosen = candidates.filter(({ name }) => !options.only || options.only.includes(name))
  const load = prepareTools(say)
  if (chosen.some(({ name }) => name.startsWith('portolan'))) buildPortolan(say)
  const context = { date: new Date().toISOString(), machine: machine(), versions: versions(load) }
  const runs = await allRounds(chosen, load, options)
  const rows = summarize(runs, yardstick)
  const report = { ...context, method: method(load, options), command: commandLine(argv) }
  print(options.json ? `${JSON.stringify({ ...report, candidates: rows }, null, 2)}\n` : `${plainTable(rows)}\n`)
  if (options.only) say('bench/RESULTS.md is left alone: not all candidates ran')
  else writeFileSync(new URL('RESULTS.md', import.meta.url), markdown(rows, report))
  return runs.some(({ failed }) => failed) ? 1 : 0
}

/** Round after round, all candidates in each, so that a slow minute of the machine strikes all of them. */
async function allRounds(chosen, load, options) {
  const work = workFolder()
  const cores = chooseCores()
  mkdirSync(join(work, 'upstream'))
  const upstream = await startUpstream({ core: cores.load, dir: join(work, 'upstream') })
  const runs = chosen.map((candidate) => {
    const skipped = candidate.missing()
    if (skipped) say(`${candidate.name}: skipped: ${skipped}`)
    return {
      candidate,
      name: candidate.name,
      does: candidate.does,
      rounds: [],
      ...(skipped && { skipped, trouble: `skipped: ${skipped}` }),
    }
  })
  const place = { work, cores, load, upstreams: upstream.ports, ...options }
  try {
    for (let round = 0; round < options.rounds; round++) {
      // Another one begins each round: nobody always runs after the same neighbour.
      const able = runs.filter(({ skipped }) => !skipped)
      const shift = round % Math.max(1, able.length)
      for (const run of [...able.slice(shift), ...able.slice(0, shift)]) await oneRun(run, round, place)
    }
  } finally {
    await stop(upstream)
  }
  return runs
}

async function oneRun(run, round, place) {
  const label = `round ${round + 1}/${place.rounds} ${run.name}`
  try {
    const result = await measure(run.candidate, place)
    run.rounds[round] = result
    say(`${label}: ${result.cpuMicros.toFixed(1)} µs CPU/request, ${result.perSecond.toFixed(0)} requests/s`)
  } catch (error) {
    run.rounds[round] = undefined
    run.failed = true
    run.trouble = `failed in round ${round + 1}: ${error.message}`
    say(`${label}: failed: ${error.message}`)
  }
}

function chooseCores() {
  const [candidate, load] = allowedCores()
  if (load === undefined) throw new Error('two cores are needed: one for the candidate, one for load and upstream')
  return { candidate, load }
}

function machine() {
  const gibibytes = Math.round(os.totalmem() / 2 ** 30)
  const busy = os.loadavg()[0].toFixed(2)
  return `${os.cpus().length} cores, ${os.cpus()[0].model}, ${gibibytes} GiB, Linux ${os.release()}, load average ${busy} at the start`
}

function method(load, { connections, rounds, seconds, warmup }) {
  const ticks = `CPU times in ticks of ${1000 / ticksPerSecond} ms`
  return `${load.name}, ${connections} connections, medians of ${rounds} rounds of ${seconds} s after ${warmup} s of warm-up; ${ticks}`
}

function commandLine(argv) {
  return ['npm run bench', ...(argv.length > 0 ? ['--', ...argv] : [])].join(' ')
}

function print(text) {
  process.stdout.write(text)
  return 0
}
