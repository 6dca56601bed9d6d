import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, get } from './http.mjs'
import { cpuMicros, family, residentMiB } from './proc.mjs'
import { kill, start } from './processes.mjs'
import { body } from './upstream.mjs'

const prefix = '/services/echo'

/** The most that is warmed up what has no JIT. */
const COMPILED_WARMUP_SECONDS = 1

/**
 * Starts one candidate, checks that it does its work, warms it up, loads it as the case says, and ends it.
 * A fresh process every time: no candidate idles on the measured core beside another.
 *
 * @param {import('./candidates/index.mjs').Candidate} candidate
 * @param {import('./cases/index.mjs').Case} what
 * @param means `work` folder, `cores`, `generators`, `upstreams` and `tls` of this case, `warmup` and `seconds`; `rate`, if it is fixed
 * @throws when it does not start, answers wrongly, or errs under load
 */
export async function measure(candidate, what, { work, cores, generators, upstreams, tls, warmup, seconds, rate }) {
  const dir = mkdtempSync(join(work, `${candidate.name}-`))
  const loadDir = join(dir, 'load')
  mkdirSync(loadDir)
  const [port, adminPort] = [await freePort(), await freePort()]
  const running = start({ ...candidate.command({ dir, port, adminPort, upstreams, tls }), core: cores.candidate, dir })
  const target = { ...asked(what, candidate), port, rate, core: cores.load, dir: loadDir }
  const { run } = generators[what.generator ?? 'closed']
  try {
    await verify(candidate, target, { upstreams, running })
    await sleep(300) // start-up work that goes on after the first answer is not memory at rest
    const worker = candidate.worker === 'child' ? (family(running.pid)[1] ?? running.pid) : running.pid
    const restMiB = residentMiB(worker)
    const warmupSeconds = candidate.compiled ? Math.min(warmup, COMPILED_WARMUP_SECONDS) : warmup * (what.warmups ?? 1)
    if (warmupSeconds > 0) await run({ ...target, seconds: warmupSeconds })
    const cpuBefore = cpuMicros(running.pid)
    const load = await run({ ...target, seconds })
    const cpu = cpuMicros(running.pid) - cpuBefore
    if (running.hasExited()) throw new Error(`it exited under load: ${running.lastWords()}`)
    judge(load, what)
    const units = what.per === 'MB' ? load.bytes / 1e6 : load.requests
    const { p50Ms, p99Ms, p999Ms, requests } = load
    return {
      cpuMicros: cpu / units,
      perSecond: units / load.seconds,
      offered: rate,
      ...{ p50Ms, p99Ms, p999Ms, requests },
      coreShare: cpu / (load.seconds * 1e6),
      restMiB,
      afterMiB: residentMiB(worker),
    }
  } finally {
    await kill(running)
    rmSync(dir, { recursive: true, force: true })
  }
}

/** What the load asks for: that of the case, and what this candidate must be asked with. */
function asked({ path = '/bytes', method = 'GET', headers, bodyBytes = 0, connections = 64, tls = false }, candidate) {
  return {
    path: prefix + path,
    method,
    headers: { ...headers, ...candidate.headers },
    bodyBytes,
    connections,
    secure: tls,
  }
}

/** The right bytes, from both instances, with the client's address where the candidate claims to forward it. */
async function verify(candidate, { port, secure, headers, bodyBytes }, { upstreams, running }) {
  const ask = (path, more) => get(port, prefix + path, { secure, headers: candidate.headers, ...more })
  const answer = await ask('/bytes', { until: 200, unless: running, seconds: 60 })
  if (answer.text !== body) throw new Error(`it answered ${answer.text.length} bytes that are not the upstream's`)
  const seen = new Set()
  for (let i = 0; i < 4 * upstreams.length; i++) {
    const [instance, forwardedFor] = (await ask('/who')).text.split(' ')
    seen.add(Number(instance))
    if (candidate.forwards && !forwardedFor) throw new Error('it set no X-Forwarded-For')
  }
  if (candidate.spreads !== false && upstreams.some((upstream) => !seen.has(upstream)))
    throw new Error('it did not reach both instances')
  if (bodyBytes === 0) return
  const { text } = await ask('/length', { method: 'POST', headers, body: 'x'.repeat(bodyBytes) })
  if (text !== String(bodyBytes) && text !== 'chunked') throw new Error(`it made a body of "${text}" bytes`)
}

function judge({ requests, bytes, errors }, { answerBytes = body.length }) {
  if (errors > 0) throw new Error(`${errors} requests went wrong under load, ${requests} did not`)
  if (requests === 0) throw new Error('it answered nothing')
  if (bytes < requests * answerBytes)
    throw new Error(`${requests} answers had ${bytes} bytes, ${answerBytes} each are right`)
}
