// Measures what the balancing strategies do for those who wait, and what they cost; see docs/benchmark.md.
import { writeFileSync } from 'node:fs'
import { readOptions, usage } from './balancing/options.mjs'
import { markdown, plain } from './balancing/report.mjs'
import { commandLine, loadAverage, machine, ownVersions } from './machine.mjs'
import { buildPortolan } from './tools.mjs'

const say = (line) => process.stderr.write(`bench: ${line}\n`)

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  say(error.cause ? `${error.message}: ${error.cause.stack}` : error.message)
  process.exitCode = 1
}

async function main(argv) {
  const options = readOptions(argv)
  if (options.help) return print(usage)
  buildPortolan(say)
  // Not before it is built: the parts import it.
  const { parts } = await import('./balancing/parts/index.mjs')
  const before = loadAverage()
  const results = []
  for (const part of options.only) {
    say(part)
    results.push({ part, ...(await parts[part]({ say, seed: options.seed })) })
  }
  const report = {
    date: new Date().toISOString(),
    machine: machine(),
    versions: ownVersions(),
    command: commandLine('bench:balancing', argv),
    load: `${before} at the start, ${loadAverage()} at the end`,
    seed: options.seed,
  }
  print(options.json ? `${JSON.stringify({ ...report, results }, null, 2)}\n` : plain(results))
  if (options.all) writeFileSync(new URL('BALANCING.md', import.meta.url), markdown(results, report))
  else say('bench/BALANCING.md is left alone: not all parts ran')
  return 0
}

function print(text) {
  process.stdout.write(text)
  return 0
}
