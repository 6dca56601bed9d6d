// Measures how the gateway follows a large ZooKeeper; see docs/benchmark.md.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { commandLine, loadAverage, machine, ownVersions } from './machine.mjs'
import { killAll } from './processes.mjs'
import { assertJars } from './registry/ensemble.mjs'
import { readOptions, usage } from './registry/options.mjs'
import { watchOthers } from './registry/others.mjs'
import { parts } from './registry/parts/index.mjs'
import { openPlace } from './registry/place.mjs'
import { markdown, plain } from './registry/report.mjs'
import { buildPortolan } from './tools.mjs'

const say = (line) => process.stderr.write(`bench: ${line}\n`)

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  say(error.message)
  killAll() // a child that still runs would keep this process alive
  process.exitCode = 1
}
process.exit()

async function main(argv) {
  const names = Object.keys(parts)
  const options = readOptions(argv, names)
  if (options.help) return print(usage(names))
  assertJars()
  buildPortolan(say)
  const chosen = names.filter((name) => !options.only || options.only.includes(name))
  const context = {
    date: new Date().toISOString(),
    machine: machine(),
    versions: versions(),
    command: commandLine('bench:registry', argv),
  }
  const before = loadAverage()
  const { rows, failed } = await measure(chosen, options)
  const report = { ...context, load: `${before} at the start, ${loadAverage()} at the end` }
  print(options.json ? `${JSON.stringify({ ...report, rows }, null, 2)}\n` : `${plain(rows)}\n`)
  if (options.only) say('bench/REGISTRY.md is left alone: not all parts ran')
  else writeFileSync(new URL('REGISTRY.md', import.meta.url), markdown(rows, report))
  return failed ? 1 : 0
}

/** A part that fails is a row that says so; the others are measured all the same. */
async function measure(chosen, { profile }) {
  const place = await openPlace({ say, profile })
  const rows = []
  let failed = false
  for (const name of chosen) {
    say(`part ${name}`)
    const others = watchOthers()
    const measured = await parts[name](place).catch((error) => {
      failed = true
      say(`${name} failed: ${error.stack}`)
      return [{ what: name, target: '-', measured: `failed: ${error.message.split('\n')[0]}`, met: false }]
    })
    const othersCores = others()
    rows.push(...measured.map((row) => ({ part: name, ...row, othersCores })))
  }
  place.close()
  return { rows, failed }
}

function versions() {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr.match(/version "([^"]+)"/)?.[1]
  return [...ownVersions(), `java ${java}`, 'ZooKeeper of Debian']
}

function print(text) {
  process.stdout.write(text)
  return 0
}
