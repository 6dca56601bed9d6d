// Mixed traffic for minutes, at half of what the gateway can do: does anything grow? See docs/benchmark.md.
import { writeFileSync } from 'node:fs'
import { commandLine, loadAverage, machine, ownVersions } from './machine.mjs'
import { startPortolan } from './portolan.mjs'
import { killAll } from './processes.mjs'
import { startInstance } from './soak/instance.mjs'
import { judge } from './soak/judge.mjs'
import { readOptions, usage } from './soak/options.mjs'
import { Sampler } from './soak/sampler.mjs'
import { Traffic } from './soak/traffic.mjs'
import { jsonTargets, plainTargets, targetsPage } from './targets.mjs'
import { buildPortolan } from './tools.mjs'
import { workFolder } from './work-folder.mjs'

const CAPACITY_SECONDS = 10
const CLIENTS = 256
const FULL_SECONDS = 300
const PROGRESS_MS = 30_000

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
  const before = loadAverage()
  const rows = await soak(options.seconds)
  const report = {
    date: new Date().toISOString(),
    machine: machine(),
    versions: ownVersions(),
    command: commandLine('bench:soak', argv),
    load: `${before} at the start, ${loadAverage()} at the end`,
  }
  print(options.json ? jsonTargets(rows, report) : plainTargets(rows))
  if (options.seconds >= FULL_SECONDS)
    writeFileSync(new URL('SOAK.md', import.meta.url), targetsPage('Soak results', 'the-soak', rows, report))
  else say('bench/SOAK.md is left alone: it was too short')
  return rows.every(({ met }) => met !== false) ? 0 : 1
}

async function soak(seconds) {
  const dir = workFolder()
  const instance = await startInstance()
  const gateway = await startPortolan({ dir, core: 0, upstream: instance.port, rest: 'health: { passive: null }' })
  const traffic = new Traffic(gateway.port)
  const socketsAtRest = gateway.sockets()
  try {
    const capacity = await traffic.asMuchAsPossible(CLIENTS, CAPACITY_SECONDS)
    say(`${capacity.toFixed(0)} exchanges a second at most; ${seconds} s at half of that`)
    const sampler = new Sampler(gateway)
    sampler.begin()
    const begunMs = performance.now()
    const progress = setInterval(() => {
      say(
        `${Math.round((performance.now() - begunMs) / 1000)} of ${seconds} s, ${gateway.residentMiB().toFixed(0)} MiB`,
      )
    }, PROGRESS_MS)
    await traffic.atRate(capacity / 2, seconds)
    clearInterval(progress)
    sampler.end()
    await traffic.over()
    const socketsLeft = await settled(gateway, socketsAtRest)
    const survived = gateway.hasExited() ? gateway.lastWords() : 'yes'
    const exitCode = await gateway.stop()
    return judge({ traffic, capacity, samples: sampler.samples, socketsAtRest, socketsLeft, survived, exitCode })
  } finally {
    await gateway.stop()
    instance.close()
  }
}

/** Idle connections to the instance live a little longer than those of the clients. */
async function settled(gateway, atRest) {
  for (const deadline = Date.now() + 10_000; gateway.sockets() > atRest && Date.now() < deadline; )
    await new Promise((resolve) => setTimeout(resolve, 100))
  return gateway.sockets()
}

function print(text) {
  process.stdout.write(text)
  return 0
}
