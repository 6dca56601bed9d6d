import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, get } from './http.mjs'
import { cpuMicros, family, residentMiB } from './proc.mjs'
import { start, stop } from './processes.mjs'
import { body } from './upstream.mjs'

const prefix = '/services/echo'

/**
 * Starts one candidate, checks that it does its work, warms it up, loads it, and stops it.
 * A fresh process every time: no candidate idles on the measured core beside another.
 *
 * @throws when it does not start, answers wrongly, or errs under load
 */
export async function measure(candidate, { work, cores, load, upstreams, connections, warmup, seconds }) {
  const dir = mkdtempSync(join(work, `${candidate.name}-`))
  const loadDir = join(dir, 'load')
  mkdirSync(loadDir)
  const [port, adminPort] = [await freePort(), await freePort()]
  const running = start({ ...candidate.command({ dir, port, adminPort, upstreams }), core: cores.candidate, dir })
  try {
    await verify(candidate, { port, upstreams, running })
    await sleep(300) // start-up work that goes on after the first answer is not memory at rest
    const worker = candidate.worker === 'child' ? (family(running.pid)[1] ?? running.pid) : running.pid
    const restMiB = residentMiB(worker)
    const target = { url: `http://127.0.0.1:${port}${prefix}/bytes`, connections, core: cores.load, dir: loadDir }
    if (warmup > 0) await load.run({ ...target, seconds: warmup })
    const cpuBefore = cpuMicros(running.pid)
    const result = await load.run({ ...target, seconds })
    const cpu = cpuMicros(running.pid) - cpuBefore
    if (running.hasExited()) throw new Error(`it exited under load: ${running.lastWords()}`)
    if (result.errors > 0) throw new Error(`${result.errors} of ${result.requests} requests went wrong under load`)
    return {
      cpuMicros: cpu / result.requests,
      perSecond: result.requests / result.seconds,
      p50Ms: result.p50Ms,
      p99Ms: result.p99Ms,
      coreShare: cpu / (result.seconds * 1e6),
      restMiB,
      afterMiB: residentMiB(worker),
      requests: result.requests,
    }
  } finally {
    await stop(running)
    rmSync(dir, { recursive: true, force: true })
  }
}

/** The right bytes, from both instances, with the client's address where the candidate claims to forward it. */
async function verify(candidate, { port, upstreams, running }) {
  const answer = await get(port, `${prefix}/bytes`, { until: 200, unless: running })
  if (answer.text !== body) throw new Error(`it answered ${answer.text.length} bytes that are not the upstream's`)
  const seen = new Set()
  for (let i = 0; i < 4 * upstreams.length; i++) {
    const [instance, forwardedFor] = (await get(port, `${prefix}/who`)).text.split(' ')
    seen.add(Number(instance))
    if (candidate.forwards && !forwardedFor) throw new Error('it set no X-Forwarded-For')
  }
  if (upstreams.some((upstream) => !seen.has(upstream))) throw new Error('it did not reach both instances')
}
