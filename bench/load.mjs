import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { start, stop } from './processes.mjs'

/**
 * One load: how many requests were answered in how long, and how many went wrong.
 * @typedef {{ requests: number, seconds: number, p50Ms: number, p99Ms: number, errors: number }} Load
 * @typedef {{ url: string, seconds: number, connections: number, core: number, dir: string }} Target
 */

/** wrk: closed loop, one thread, its own latency percentiles in microseconds. */
export const wrk = {
  name: 'wrk',
  /** @param {Target} target @returns {Promise<Load>} */
  async run({ url, seconds, connections, ...place }) {
    const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '5s', '-s', scriptPath, url]
    const output = await outputOf({ command: 'wrk', args, ...place }, seconds)
    const { requests, durationUs, p50Us, p99Us, status, socket } = JSON.parse(output.split('\n').at(-1))
    return { requests, seconds: durationUs / 1e6, p50Ms: p50Us / 1e3, p99Ms: p99Us / 1e3, errors: status + socket }
  },
}

/** The stand-in where wrk is missing. It costs more CPU itself, and its percentiles are whole milliseconds. */
export const autocannon = {
  name: 'autocannon',
  /** @param {Target} target @returns {Promise<Load>} */
  async run({ url, seconds, connections, ...place }) {
    const program = createRequire(import.meta.url).resolve('autocannon')
    const args = [program, '-c', connections, '-d', seconds, '--json', url].map(String)
    const output = await outputOf({ command: process.execPath, args, ...place }, seconds)
    const { requests, latency, duration, errors, non2xx } = JSON.parse(output.split('\n').at(-1))
    return {
      requests: requests.total,
      seconds: duration,
      p50Ms: latency.p50,
      p99Ms: latency.p99,
      errors: errors + non2xx,
    }
  },
}

const scriptPath = new URL('load.lua', import.meta.url).pathname

/** A generator that hangs is killed well after it should have ended. */
async function outputOf(program, seconds) {
  const running = start(program)
  const tooLate = new AbortController()
  const limit = sleep((seconds + 20) * 1000, 'late', { signal: tooLate.signal }).catch(() => undefined)
  const ended = await Promise.race([running.exited, limit])
  tooLate.abort()
  await stop(running)
  if (ended !== 0) throw new Error(`${program.command} failed (${ended}): ${running.lastWords()}`)
  return running.output()
}
