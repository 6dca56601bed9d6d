import { median, range } from '../../statistics.mjs'
import { startGateway } from '../gateway.mjs'
import { keepProfiles } from '../profile.mjs'

const ROUNDS = 3
const TARGET = { tableMs: 1800, lagMs: 50 }

/** From the adapter's first connection, while the workers are still being started, to the last instance in the last worker. */
export async function firstTable(place) {
  const { root, count } = await place.populated(2000)
  const rounds = []
  for (let round = 0; round < ROUNDS; round++) {
    const gateway = await startGateway({ place, root })
    try {
      const sizes = await Promise.all(gateway.workers.map((worker) => worker.ask('size')))
      const [{ atMs: begunMs }] = await gateway.primary.ask('dialled')
      const { user, system } = await gateway.primary.ask('cpuSinceDial')
      const cpuMs = (user + system) / 1000
      const { maxMs: lagMs, p99Ms: lagP99Ms, ownMaxMs: ownLagMs, waitedMs } = gateway.lag
      const short = sizes.find(({ total }) => total !== count)
      if (short) throw new Error(`a worker has ${short.total} instances of ${count}`)
      const tableMs = Math.max(...sizes.map(({ updatedMs }) => updatedMs)) - begunMs
      rounds.push({ tableMs, cpuMs, waitedMs, lagMs, lagP99Ms, ownLagMs })
      place.say(`first table ${round + 1}/${ROUNDS}: ${tableMs.toFixed(0)} ms, lag at most ${lagMs.toFixed(0)} ms`)
    } finally {
      await gateway.end()
    }
  }
  if (place.profile) await profiled(place, root)
  const of = (key) => rounds.map((round) => round[key])
  const middle = (key) => median(of(key)).toFixed(0)
  const spread = (key) =>
    range(of(key))
      .map((ms) => ms.toFixed(0))
      .join('-')
  return [
    {
      what: `first table of ${count} instances in every worker`,
      target: `<= ${TARGET.tableMs} ms`,
      measured: `${middle('tableMs')} ms (${spread('tableMs')}); CPU of the primary ${middle('cpuMs')} ms, ${middle('waitedMs')} ms without a core`,
      met: median(of('tableMs')) <= TARGET.tableMs,
      rounds,
    },
    {
      what: 'longest delay of the event loop of the primary meanwhile',
      target: `<= ${TARGET.lagMs} ms`,
      measured: `${middle('lagMs')} ms (${spread('lagMs')}); p99 ${middle('lagP99Ms')} ms; its own ${middle('ownLagMs')} ms`,
      met: median(of('lagMs')) <= TARGET.lagMs,
    },
  ]
}

async function profiled(place, root) {
  const gateway = await startGateway({ place, root, profiled: true })
  try {
    await keepProfiles(place, 'table', gateway)
  } finally {
    await gateway.end()
  }
}
