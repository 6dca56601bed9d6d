import { readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { get } from './http.mjs'
import { family, residentMiB } from './proc.mjs'
import { start, stop } from './processes.mjs'

const program = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url))

/**
 * Portolan as it is installed, with one worker, in front of one instance of the service `echo`.
 *
 * @param settings YAML of `server`, `upstream` and so on, besides what this sets
 */
export async function startPortolan({ dir, core, upstream, server = '', rest = '' }) {
  writeFileSync(join(dir, 'services.yaml'), `services: { echo: ['127.0.0.1:${upstream}'] }\n`)
  writeFileSync(
    join(dir, 'gateway.yaml'),
    `server: { host: 127.0.0.1, port: 0, workers: 1, ${server} }
registry: { type: static-file, options: { path: services.yaml }, snapshot: null }
routing: [{ mode: path, prefix: /services }]
admin: { port: 0 }
${rest}
`,
  )
  const running = start({ command: process.execPath, args: [program, 'run', join(dir, 'gateway.yaml')], core, dir })
  const port = await portOf(running, 'the gateway listens')
  await get(await portOf(running, 'the admin port listens'), '/readyz', { until: 200, unless: running })
  const processes = family(running.pid).filter((pid) => residentMiB(pid) > 20) // not the shell of taskset
  return {
    port,
    /** The process that carries the traffic. */
    worker: processes.at(-1),
    /** All of them: the first process, and the worker. */
    processes,
    residentMiB: () => processes.reduce((sum, pid) => sum + residentMiB(pid), 0),
    sockets: () => processes.flatMap(descriptors).filter((link) => link.startsWith('socket:')).length,
    /** Open files, pipes, sockets, timers of the kernel: all that a process holds. */
    descriptors: () => processes.flatMap(descriptors).length,
    hasExited: running.hasExited,
    lastWords: running.lastWords,
    /** @returns the exit code, if it has ended by itself within three seconds */
    stop: () => stop(running),
  }
}

/** From its log. */
async function portOf(running, msg) {
  for (;;) {
    const line = running
      .output()
      .split('\n')
      .find((text) => text.includes(`"msg":"${msg}"`))
    if (line) return JSON.parse(line).port
    if (running.hasExited()) throw new Error(`it exited before it listened: ${running.lastWords()}`)
    await sleep(50)
  }
}

/** What the open file descriptors of a process are. */
export function descriptors(pid) {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)]
    } catch {
      return [] // closed meanwhile
    }
  })
}
