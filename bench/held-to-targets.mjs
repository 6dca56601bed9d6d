// A bench whose measures are held to targets, from its command line to the page that it leaves behind.
import { writeFileSync } from 'node:fs'
import { commandLine, loadAverage, machine, ownVersions } from './machine.mjs'
import { killAll } from './processes.mjs'
import { jsonTargets, plainTargets, targetsPage } from './targets.mjs'
import { buildPortolan } from './tools.mjs'

const say = (line) => process.stderr.write(`bench: ${line}\n`)

/**
 * @param bench `script`, as npm knows it; `title`, `anchor` in docs/benchmark.md and file name of its `page`; `readOptions` and `usage`;
 * `measure(options, say)`, which returns the rows; `isFull(options)`: whether they are all that the page shows
 */
export async function heldToTargets(bench) {
  const argv = process.argv.slice(2)
  let options
  try {
    options = bench.readOptions(argv)
  } catch (error) {
    say(error.message)
    process.exitCode = 1
    return
  }
  try {
    process.exitCode = await run(bench, options, argv)
  } catch (error) {
    say(error.stack)
    killAll()
    process.exit(1) // the load that was going on would go on
  }
  killAll()
}

/** @returns the exit code: 0 when every target is met */
async function run({ script, title, anchor, page, usage, measure, isFull }, options, argv) {
  if (options.help) {
    process.stdout.write(usage)
    return 0
  }
  buildPortolan(say)
  const before = loadAverage()
  const rows = await measure(options, say)
  const report = {
    date: new Date().toISOString(),
    machine: machine(),
    versions: ownVersions(),
    command: commandLine(script, argv),
    load: `${before} at the start, ${loadAverage()} at the end`,
  }
  process.stdout.write(options.json ? jsonTargets(rows, report) : plainTargets(rows))
  if (isFull(options)) writeFileSync(new URL(page, import.meta.url), targetsPage(title, anchor, rows, report))
  else say(`bench/${page} is left alone: this was not the whole of it`)
  return rows.every(({ met }) => met !== false) ? 0 : 1
}
