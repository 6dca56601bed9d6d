import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { start, stop } from './processes.mjs'
import { missingProgram } from './programs.mjs'

/**
 * One load: how many requests were answered in how long, with how many bytes, and how many went wrong.
 *
 * @typedef {{ requests: number, seconds: number, bytes: number, p50Ms: number, p99Ms: number, p999Ms: number, errors: number }} Load
 * @typedef {{ port: number, path: string, secure: boolean, method: string, headers: Record<string, string>, bodyBytes: number,
 *   connections: number, rate?: number, seconds: number, core: number, dir: string }} Target
 *
 * `missing` says why a generator cannot run here, or undefined. `run` throws when it fails; a request that fails is counted.
 * @typedef {{ name: string, missing(): string | undefined, run(target: Target): Promise<Load> }} Generator
 */

const file = (name) => fileURLToPath(new URL(name, import.meta.url))
const url = ({ port, path, secure }) => `${secure ? 'https' : 'http'}://127.0.0.1:${port}${path}`
const fields = (headers) => Object.entries(headers).map(([name, value]) => `${name}: ${value}`)

/** Closed loop, one thread: each connection asks again when it was answered. @type {Generator} */
export const wrk = {
  name: 'wrk',
  missing: () => missingProgram('wrk'),
  async run(target) {
    const { seconds, connections, method, headers, bodyBytes } = target
    const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', file('load.lua')]
    for (const field of fields(headers)) args.push('-H', field)
    args.push(url(target), '--', method, bodyBytes)
    return inMilliseconds(await resultOf({ command: 'wrk', args }, target))
  },
}

/** The stand-in where wrk is missing. It costs more CPU itself, and its percentiles are whole milliseconds. @type {Generator} */
export const autocannon = {
  name: 'autocannon',
  missing: () => undefined,
  async run(target) {
    const program = createRequire(import.meta.url).resolve('autocannon')
    const args = [program, '-c', target.connections, '-d', target.seconds, '-m', target.method, '--json']
    for (const field of fields(target.headers)) args.push('-H', field)
    if (target.bodyBytes > 0) args.push('-b', 'x'.repeat(target.bodyBytes))
    args.push(url(target))
    const { requests, throughput, latency, duration, errors, non2xx } = await resultOf(nodeProgram(args), target)
    return {
      requests: requests.total,
      seconds: duration,
      bytes: throughput.total,
      p50Ms: latency.p50,
      p99Ms: latency.p99,
      p999Ms: latency.p99_9,
      errors: errors + non2xx,
    }
  },
}

/** Open loop at `rate` GETs a second: latency begins when a request is due, not when a connection was free for it. @type {Generator} */
export const openLoop = {
  name: 'open-loop.lua',
  missing: () => missingProgram('luajit'),
  async run(target) {
    const { port, path, rate, connections, seconds } = target
    const args = [file('open-loop.lua'), port, path, rate, connections, seconds]
    return inMilliseconds(await resultOf({ command: 'luajit', args }, target))
  },
}

/** Closed loop of messages, each sent when the last one has come back. @type {Generator} */
export const webSockets = {
  name: 'ws',
  missing: () => undefined,
  async run(target) {
    const { port, path, connections, seconds } = target
    const args = [file('websocket/clients.mjs'), port, path, connections, seconds]
    return inMilliseconds(await resultOf(nodeProgram(args), target))
  },
}

const nodeProgram = (args) => ({ command: process.execPath, args })

/** The last line that it prints. A generator that hangs is killed well after it should have ended. */
async function resultOf({ command, args }, { seconds, core, dir }) {
  const running = start({ command, args: args.map(String), core, dir })
  const tooLate = new AbortController()
  const limit = sleep((seconds + 20) * 1000, 'late', { signal: tooLate.signal }).catch(() => undefined)
  const ended = await Promise.race([running.exited, limit])
  tooLate.abort()
  await stop(running)
  if (ended !== 0) throw new Error(`${command} failed (${ended}): ${running.lastWords()}`)
  return JSON.parse(running.output().split('\n').at(-1))
}

function inMilliseconds({ requests, durationUs, bytes, p50Us, p99Us, p999Us, errors }) {
  const [p50Ms, p99Ms, p999Ms] = [p50Us, p99Us, p999Us].map((micros) => micros / 1e3)
  return { requests, seconds: durationUs / 1e6, bytes, p50Ms, p99Ms, p999Ms, errors }
}
