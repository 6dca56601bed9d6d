// Measures what idle connections cost, and what honest clients notice of those that are not; see docs/benchmark.md.
import { writeFileSync } from 'node:fs'
import { readOptions, usage } from './connections/options.mjs'
import { idle } from './connections/parts/idle.mjs'
import { slowloris } from './connections/parts/slowloris.mjs'
import { commandLine, loadAverage, machine, ownVersions } from './machine.mjs'
import { killAll } from './processes.mjs'
import { jsonTargets, plainTargets, targetsPage } from './targets.mjs'
import { buildPortolan } from './tools.mjs'
import { workFolder } from './work-folder.mjs'

const say = (line) => process.stderr.write(`bench: ${line}\n`)

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  say(error.stack)
  process.exitCode = 1
} finally {
  killAll()
}

async function main(argv) {
  const options = readOptions(argv)
  if (options.help) return print(usage)
  buildPortolan(say)
  const dir = workFolder()
  const before = loadAverage()
  const rows = [...(await idle({ dir, say, ...options })), ...(await slowloris({ dir, say, ...options }))]
  const report = {
    date: new Date().toISOString(),
    machine: machine(),
    versions: ownVersions(),
    command: commandLine('bench:connections', argv),
    load: `${before} at the start, ${loadAverage()} at the end`,
  }
  print(options.json ? jsonTargets(rows, report) : plainTargets(rows))
  if (options.full) {
    const page = targetsPage('Connections benchmark results', 'connections', rows, report)
    writeFileSync(new URL('CONNECTIONS.md', import.meta.url), page)
  } else say('bench/CONNECTIONS.md is left alone: not everything ran')
  return 0
}

function print(text) {
  process.stdout.write(text)
  return 0
}
