// Compares what small GETs cost with everybody alive at once and loaded in short turns; see docs/benchmark.md#in-turns.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { nginx } from './candidates/nginx.mjs'
import { portolan, portolanOneProcess, portolanQuiet } from './candidates/portolan.mjs'
import { services } from './cases/services.mjs'
import { enter, say } from './entry.mjs'
import { fineCpuMicros } from './fine-cpu.mjs'
import { freePort, get } from './http.mjs'
import { commandLine } from './machine.mjs'
import { allowedCores, family } from './proc.mjs'
import { start } from './processes.mjs'
import { buildPortolan, prepareTools } from './tools.mjs'
import { page, summarize } from './turns/report.mjs'
import { startUpstream } from './upstream.mjs'
import { workFolder } from './work-folder.mjs'

const usage = `npm run bench:turns -- [options]

  --turns N   how often each is loaded for a second (20)
  --json      JSON on stdout instead of the table
`

const PATH = '/services/echo/bytes'
const CONNECTIONS = 64
const WARMUP_SECONDS = 5
const TURN_SECONDS = 1

/** The first is what the others are compared with. */
const candidates = [nginx, portolan, portolanQuiet, portolanOneProcess, ...services.candidates.slice(-1)]

await enter(main)

async function main(argv) {
  const { values } = parseArgs({
    args: argv,
    options: { turns: { type: 'string', default: '20' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  })
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  const turns = Number(values.turns)
  if (!Number.isInteger(turns) || turns < 1) throw new Error('--turns takes a whole number from 1 on')
  const results = summarize(await inTurns(turns))
  const text = page(commandLine('bench:turns', argv), results, {
    turns,
    connections: CONNECTIONS,
    warmup: WARMUP_SECONDS,
  })
  process.stdout.write(values.json ? `${JSON.stringify(results)}\n` : text)
  writeFileSync(new URL('TURNS.md', import.meta.url), text)
  return results.targets.every(({ met }) => met) ? 0 : 1
}

/** @returns of each candidate its name and its turns: `micros` of CPU a request, and requests `perSecond` */
async function inTurns(turns) {
  const { closed } = prepareTools(say)
  buildPortolan(say)
  const [core, loadCore] = allowedCores()
  const work = workFolder()
  const { ports } = await startUpstream({ core: loadCore, dir: folder(work, 'upstream') })
  const sides = []
  for (const candidate of candidates)
    sides.push(await openSide(candidate, { core, ports, dir: folder(work, candidate.name) }))
  const load = async ({ port, pids, dir }, seconds) => {
    const about = { path: PATH, secure: false, method: 'GET', headers: {}, bodyBytes: 0, connections: CONNECTIONS }
    const before = fineCpuMicros(pids)
    const { requests, errors } = await closed.run({ ...about, port, seconds, core: loadCore, dir })
    if (errors > 0) throw new Error(`${errors} requests went wrong`)
    return { micros: (fineCpuMicros(pids) - before) / requests, perSecond: requests / seconds }
  }
  for (const side of sides) await load(side, WARMUP_SECONDS)
  for (let turn = 0; turn < turns; turn++) {
    const shift = turn % sides.length
    for (const side of [...sides.slice(shift), ...sides.slice(0, shift)])
      side.turns.push(await load(side, TURN_SECONDS))
    say(
      `turn ${turn + 1}/${turns}: ${sides.map((side) => `${side.name} ${side.turns[turn].micros.toFixed(1)}`).join(', ')} µs`,
    )
  }
  return sides.map(({ name, turns }) => ({ name, turns }))
}

async function openSide(candidate, { core, ports, dir }) {
  const [port, adminPort] = [await freePort(), await freePort()]
  const running = start({ ...candidate.command({ dir, port, adminPort, upstreams: ports }), core, dir })
  await get(port, PATH, { until: 200, unless: running, seconds: 60 })
  await sleep(500) // what goes on after the first answer
  return { name: candidate.name, port, dir, pids: family(running.pid), turns: [] }
}

function folder(parent, name) {
  const path = join(parent, name)
  mkdirSync(path)
  return path
}
