import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort, get } from '../http.mjs'
import { start, stop } from '../processes.mjs'
import { now, slotOf } from './model.mjs'

const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
const inside = new URL('inside.mjs', import.meta.url)
const plugins = new URL('plugins.mjs', import.meta.url)

export const WORKERS = 2
/** Asking more often would be felt. */
const READY_MS = 250

/** What the targets are measured with: nothing that leaves the registry is held back. */
const TRUSTING = 'onEmpty: clear\n  settle: 0s\n  snapshot: null'
const DEFAULTS = 'onEmpty: hold\n  settle: auto\n  snapshot: ./portolan-snapshot.json'

/**
 * The real gateway, a primary and two workers, on the services under `root`. Resolves when every worker has the whole table.
 *
 * @param stopwatch false: balances as it would by itself, and keeps nothing for the benchmark
 * @param profiled from the first line on
 * @param lag whether the delays of the primary's event loop are watched from its first connection on, which takes time itself
 * @param gated the registry is not read before `open` is called; then it resolves when all processes wait for that
 */
export async function startGateway({
  place,
  servers = place.servers,
  root,
  defaults = false,
  stopwatch = true,
  profiled = false,
  gated = false,
  lag = false,
}) {
  const dir = mkdtempSync(join(place.work, 'gateway-'))
  const [port, adminPort] = [await freePort(), await freePort()]
  writeFileSync(join(dir, 'plugins.mjs'), `export { plugins as default } from ${JSON.stringify(plugins.href)}\n`)
  writeFileSync(
    join(dir, 'gateway.yaml'),
    configuration({ port, adminPort, servers, root, defaults, stopwatch, gated }),
  )
  const preload = `${inside}?hub=${encodeURIComponent(place.hub.path)}${profiled ? '&profiled' : ''}${lag ? '&lag' : ''}`
  const args = ['--expose-gc', '--import', preload, program, 'run', join(dir, 'gateway.yaml')]
  await place.hub.without('primary', 'worker')
  const running = start({ command: process.execPath, args, core: place.core, dir })
  try {
    const [primary] = await place.hub.members('primary', 1, running)
    const workers = await place.hub.members('worker', WORKERS, running)
    const ready = () => get(adminPort, '/readyz', { until: 200, unless: running, seconds: 120, everyMs: READY_MS })
    const end = () => stop(running)
    if (gated) {
      await logged(running, 'the gateway listens')
      return { primary, workers, end, open: () => primary.ask('open').then(ready) }
    }
    await ready()
    return { port, adminPort, primary, workers, end }
  } catch (error) {
    await stop(running)
    throw error
  }
}

/** The first line with this message. The log is written a moment later. */
async function logged(running, message) {
  for (;;) {
    const lines = running
      .output()
      .split('\n')
      .filter((line) => line.includes(message))
    if (lines.length > 0) return JSON.parse(lines[0])
    await sleep(50)
  }
}

const configuration = ({ port, adminPort, servers, root, defaults, stopwatch, gated }) => `plugins: [./plugins.mjs]
server: { host: 127.0.0.1, port: ${port}, workers: ${WORKERS}, drain: { timeout: 1s } }
registry:
  type: ${gated ? 'gated' : 'zookeeper'}
  options: { hosts: [${servers.map(({ address }) => `'${address}'`).join(', ')}], root: ${root} }
  ${defaults ? DEFAULTS : TRUSTING}
routing: [{ mode: path, prefix: /services }]
balancing: ${stopwatch ? 'stopwatch' : 'p2c'}
admin: { host: 127.0.0.1, port: ${adminPort} }
log: { level: info, access: false }
`

const QUIET_MS = 300

/** Resolves when no worker has heard of a change for a while: what was still under way has arrived, and its cost is paid. @returns when the last came */
export async function quiet({ workers }) {
  for (;;) {
    await sleep(QUIET_MS)
    const sizes = await Promise.all(workers.map((worker) => worker.ask('size')))
    const lastMs = Math.max(...sizes.map(({ updatedMs }) => updatedMs))
    if (now() - lastMs >= QUIET_MS) return lastMs
  }
}

/** Compares what every worker has with what the writer knows. */
export async function compare({ workers }, writer, root) {
  const truth = await writer.ask('truth', { root })
  const tables = await Promise.all(workers.map((worker) => worker.ask('table')))
  const sums = { missing: 0, extra: 0, stale: 0 }
  for (const table of tables) {
    const left = new Map(truth.map((revision) => [slotOf(revision), revision]))
    for (const revision of table) {
      const right = left.get(slotOf(revision))
      if (right === undefined) sums.extra++
      else if (right !== revision) sums.stale++
      left.delete(slotOf(revision))
    }
    sums.missing += left.size
  }
  return { ...sums, instances: truth.length, wrong: sums.missing + sums.extra + sums.stale }
}
