// Preloaded into every process of the gateway (`--import`), where it measures what cannot be seen from without. It uses what any
// plugin may: a balancing strategy is told of every change of its service's endpoints.
import cluster from 'node:cluster'
import { subscribe } from 'node:diagnostics_channel'
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { join } from './hub.mjs'
import { now, STRATEGY } from './model.mjs'

const LAG_RESOLUTION_MS = 1
const PROFILE_INTERVAL_MICROS = 500

const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS })
/** When the primary opened connections: those of the registry adapter, and no others. */
const dialledMs = []
/** One for each service: what the strategy was told last. */
const tables = []
let records
let updatedMs = 0
let total = 0
let profiler

globalThis[STRATEGY] = {
  kind: 'strategy',
  name: 'stopwatch',
  create() {
    const table = { endpoints: [] }
    tables.push(table)
    return {
      pick: (endpoints) => endpoints[Math.floor(Math.random() * endpoints.length)],
      update(endpoints) {
        total += endpoints.length - table.endpoints.length
        const before = table.endpoints
        table.endpoints = endpoints
        updatedMs = now()
        records?.push([updatedMs, before, endpoints])
      },
    }
  },
}

const revision = ({ instance }) => instance.metadata.rev

const socket = join(new URL(import.meta.url).searchParams.get('hub'), cluster.isPrimary ? 'primary' : 'worker', {
  dialled: () => dialledMs,
  cpu: () => ({ atMs: now(), ...process.cpuUsage() }),
  lag: () => ({ maxMs: lag.max / 1e6 - LAG_RESOLUTION_MS, p99Ms: lag.percentile(99) / 1e6 - LAG_RESOLUTION_MS }),
  lagFromNow() {
    lag.reset()
    lag.enable()
  },
  /** How many endpoints there are, and since when. */
  size: () => ({ total, updatedMs }),
  table: () => tables.flatMap(({ endpoints }) => endpoints.map(revision)),
  /** From now on every change is kept. */
  record() {
    records = []
  },
  /** What was kept since the last time: when, and the service's revisions before and after. */
  taken() {
    const taken = records.map(([atMs, before, after]) => [atMs, before.map(revision), after.map(revision)])
    records = []
    return taken
  },
  async memory() {
    for (let round = 0; round < 4; round++) {
      await setImmediate()
      globalThis.gc()
    }
    return process.memoryUsage()
  },
  async profile() {
    profiler = new Session()
    profiler.connect()
    await profiler.post('Profiler.enable')
    await profiler.post('Profiler.setSamplingInterval', { interval: PROFILE_INTERVAL_MICROS })
    await profiler.post('Profiler.start')
  },
  async profiled({ file }) {
    const { profile } = await profiler.post('Profiler.stop')
    profiler.disconnect()
    writeFileSync(file, JSON.stringify(profile))
  },
})
socket.unref()

// The hub has been dialled: what follows is the adapter's.
if (cluster.isPrimary)
  subscribe('net.client.socket', () => {
    if (dialledMs.push(now()) === 1) lag.enable()
  })
