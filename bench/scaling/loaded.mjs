import { setTimeout as sleep } from 'node:timers/promises'
import { ClosedLoop, requestBytes } from '../closed-loop.mjs'
import { fineCpuMicros } from '../fine-cpu.mjs'
import { quantile } from '../statistics.mjs'
import { ECHO } from './gateway.mjs'

const SETTLE_MS = 200

/** Small requests on connections that are kept, or each on its own. */
export const small = ({ connections = 64, fresh = false } = {}) => ({
  connections,
  bodyBytes: 150,
  fresh,
  request: requestBytes({ path: `${ECHO}/150`, fields: fresh ? ['Connection: close'] : [] }),
})

/**
 * Loads a gateway for so long.
 *
 * @returns of each process the microseconds of CPU a request, what was answered in a second, and how long that took the clients
 */
export async function loaded({ port, processes }, load, ms) {
  const loop = new ClosedLoop({ ...load, port })
  loop.start()
  await sleep(SETTLE_MS)
  loop.times = []
  const cpuOf = () => processes.map((pid) => fineCpuMicros([pid]))
  const [before, answeredBefore, begunMs] = [cpuOf(), loop.answered, performance.now()]
  await sleep(ms)
  const [after, answered, tookMs] = [cpuOf(), loop.answered - answeredBefore, performance.now() - begunMs]
  const { times } = loop
  await loop.stop()
  const micros = after.map((cpu, at) => (cpu - before[at]) / answered)
  return {
    first: micros[0],
    workers: micros.slice(1),
    all: micros.reduce((sum, one) => sum + one),
    perSecond: (answered / tookMs) * 1000,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
  }
}
