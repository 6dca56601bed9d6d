// Preloaded into every process of the gateway (`--import`); what it has seen is in a file when the process has ended.
import cluster from 'node:cluster'
import { subscribe } from 'node:diagnostics_channel'
import { renameSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const settings = new URL(import.meta.url).searchParams
const now = () => performance.timeOrigin + performance.now()
const seen = { connections: 0, beganMs: now() }

/** Connections that this process was given. */
if (settings.has('count'))
  subscribe('net.server.socket', () => {
    seen.connections++
  })

/** When the first process had started a worker, and when that said that it listens. */
if (settings.has('steps') && cluster.isPrimary) {
  cluster.once('fork', () => (seen.forkMs = now()))
  cluster.on('message', (_worker, { type }) => {
    if (type === 'listening') seen.listeningMs ??= now()
  })
}

/** Every worker listens for itself, and the kernel spreads the connections. */
if (settings.has('reusePort') && cluster.isWorker) {
  const { listen } = net.Server.prototype
  net.Server.prototype.listen = function (where) {
    // What has no port is another descriptor of a socket that listens already.
    return listen.call(this, where.port === undefined ? where : { ...where, reusePort: true })
  }
}

/** Asked by a signal, it collects its garbage, and writes what its memory was made of, and what is left. */
if (settings.has('collect') && cluster.isWorker)
  process.on('SIGUSR2', () => {
    const parts = partsOfMemory()
    setFlagsFromString('--expose-gc')
    runInNewContext('gc')()
    const { heapUsed, external } = process.memoryUsage()
    const file = join(settings.get('dir'), 'collected')
    writeFileSync(`${file}.new`, JSON.stringify({ parts, alive: heapUsed + external }))
    renameSync(`${file}.new`, file)
  })

/** In bytes; together, what is resident. */
function partsOfMemory() {
  const { rss, external: buffers } = process.memoryUsage()
  let [young, old] = [0, 0]
  for (const { space_name: name, physical_space_size: size } of getHeapSpaceStatistics())
    if (name.startsWith('new_')) young += size
    else old += size
  return { young, old, buffers, rest: rss - young - old - buffers }
}

process.once('exit', () => writeFileSync(join(settings.get('dir'), `inside-${process.pid}.json`), JSON.stringify(seen)))
