// Preloaded into every process of the gateway (`--import`), where it measures what cannot be seen from without. It uses what any
// plugin may: a balancing strategy is told of every change of its service's endpoints.
import cluster from 'node:cluster'
import { subscribe } from 'node:diagnostics_channel'
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { join } from './hub.mjs'
import { GATE, now, STRATEGY } from './model.mjs'
import { OwnLag } from './own-lag.mjs'

const PROFILE_INTERVAL_MICROS = 500
const BURST_MS = 2

/** The finest there is. It is not free, so it is off when CPU is measured. */
const LAG_RESOLUTION_MS = 1
const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS })
const ownLag = new OwnLag()
/** The primary's connections: when they were begun, and to which port. Those of the registry adapter, and no others. */
const dialled = []
/** One for each service: what the strategy was told last. */
const tables = []
let records
let updatedMs = 0
let total = 0
/** How often this process was told of changes: those that come together are one. */
let bursts = 0
let profiler
let cpuAtDial

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
        const atMs = now()
        if (atMs - updatedMs > BURST_MS) bursts++
        updatedMs = atMs
        records?.push([updatedMs, before, endpoints])
      },
    }
  },
}

globalThis[GATE] = gate()

const revision = ({ instance }) => instance.metadata.rev

const settings = new URL(import.meta.url).searchParams
if (settings.has('profiled')) await profile()

const socket = join(settings.get('hub'), cluster.isPrimary ? 'primary' : 'worker', {
  open: () => globalThis[GATE].open(),
  dialled: () => dialled,
  /** CPU time since the first connection to the registry. */
  cpuSinceDial: () => process.cpuUsage(cpuAtDial),
  cpu: () => ({ atMs: now(), ...process.cpuUsage() }),
  watchLag,
  /** Of the event loop since the watch, which ends: the longest delay and its 99th percentile, and what of it was the process's own. */
  lag() {
    lag.disable()
    const [maxMs, p99Ms] = [lag.max, lag.percentile(99)].map((nanos) => nanos / 1e6 - LAG_RESOLUTION_MS)
    return { maxMs, p99Ms, ...ownLag.stop() }
  },
  /** How many endpoints there are, since when, and in how many bursts they came. */
  size: () => ({ total, updatedMs, bursts }),
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
  profile,
  async profiled({ file }) {
    const { profile } = await profiler.post('Profiler.stop')
    profiler.disconnect()
    writeFileSync(file, JSON.stringify(profile))
  },
})
socket.unref()

// The hub has been dialled: what follows is the adapter's.
if (cluster.isPrimary)
  subscribe('net.client.socket', ({ socket }) => {
    const dial = { atMs: now() }
    socket.once('connect', () => {
      dial.port = socket.remotePort
    })
    if (dialled.push(dial) > 1) return
    cpuAtDial = process.cpuUsage()
    if (settings.has('lag')) watchLag()
    else ownLag.start(false)
  })

function gate() {
  let open
  const opened = new Promise((resolve) => {
    open = () => resolve()
  })
  return { opened, open }
}

function watchLag() {
  lag.reset()
  lag.enable()
  ownLag.start(true)
}

async function profile() {
  profiler = new Session()
  profiler.connect()
  await profiler.post('Profiler.enable')
  await profiler.post('Profiler.setSamplingInterval', { interval: PROFILE_INTERVAL_MICROS })
  await profiler.post('Profiler.start')
}
