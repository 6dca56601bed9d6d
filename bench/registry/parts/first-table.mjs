import { median, range } from '../../statistics.mjs'
import { startGateway } from '../gateway.mjs'
import { keepProfiles } from '../profile.mjs'

const ROUNDS = 5
const TARGET = { tableMs: 1800, lagMs: 50 }

/**
 * From the adapter's first connection to the last instance in the last worker: once while the workers wait for it, as when
 * the registry comes up after the gateway; once while they are still being started, on the same cores. The delays of the event
 * loop are watched in a round of their own each time.
 */
export async function firstTable(place) {
  const { root, count } = await place.populated(2000)
  const waiting = await measured(place, root, count, true)
  const starting = await measured(place, root, count, false)
  if (place.profile) await profiled(place, root)
  return [
    {
      what: `first table of ${count} instances in every worker`,
      target: `<= ${TARGET.tableMs} ms`,
      measured: tableOf(waiting),
      met: median(waiting.map(({ tableMs }) => tableMs)) <= TARGET.tableMs,
      rounds: waiting,
    },
    delayOf('longest delay of the event loop of the primary meanwhile', waiting),
    {
      what: 'first table while the workers are being started',
      target: '-',
      measured: tableOf(starting),
      rounds: starting,
    },
    delayOf('longest delay of the event loop of the primary meanwhile', starting),
  ]
}

async function measured(place, root, count, gated) {
  const rounds = []
  for (let round = 0; round < ROUNDS; round++) {
    const times = await timed(place, root, count, { gated })
    const delays = await timed(place, root, count, { gated, lag: true })
    const { lagMs, lagP99Ms, ownLagMs } = delays
    rounds.push({ ...times, lagMs, lagP99Ms, ownLagMs })
    const when = gated ? 'to workers that wait' : 'to workers that start'
    const took = `${times.tableMs.toFixed(0)} ms, lag at most ${lagMs.toFixed(0)} ms`
    place.say(`first table ${round + 1}/${ROUNDS} ${when}: ${took}`)
  }
  return rounds
}

async function timed(place, root, count, options) {
  const gateway = await startGateway({ place, root, ...options })
  try {
    if (options.gated) await gateway.open()
    const sizes = await Promise.all(gateway.workers.map((worker) => worker.ask('size')))
    const [{ atMs: begunMs }] = await gateway.primary.ask('dialled')
    const { user, system } = await gateway.primary.ask('cpuSinceDial')
    const { maxMs: lagMs, p99Ms: lagP99Ms, ownMaxMs: ownLagMs, waitedMs } = await gateway.primary.ask('lag')
    const short = sizes.find(({ total }) => total !== count)
    if (short) throw new Error(`a worker has ${short.total} instances of ${count}`)
    const tableMs = Math.max(...sizes.map(({ updatedMs }) => updatedMs)) - begunMs
    return { tableMs, cpuMs: (user + system) / 1000, waitedMs, lagMs, lagP99Ms, ownLagMs }
  } finally {
    await gateway.end()
  }
}

const middle = (rounds, key) => median(rounds.map((round) => round[key])).toFixed(0)

const spread = (rounds, key) =>
  range(rounds.map((round) => round[key]))
    .map((ms) => ms.toFixed(0))
    .join('-')

function tableOf(rounds) {
  const cost = `CPU of the primary ${middle(rounds, 'cpuMs')} ms, ${middle(rounds, 'waitedMs')} ms without a core`
  return `${middle(rounds, 'tableMs')} ms (${spread(rounds, 'tableMs')}); ${cost}`
}

function delayOf(what, rounds) {
  return {
    what,
    target: `<= ${TARGET.lagMs} ms`,
    measured: `${middle(rounds, 'lagMs')} ms (${spread(rounds, 'lagMs')}); p99 ${middle(rounds, 'lagP99Ms')} ms; its own ${middle(rounds, 'ownLagMs')} ms`,
    met: median(rounds.map(({ lagMs }) => lagMs)) <= TARGET.lagMs,
  }
}

async function profiled(place, root) {
  const gateway = await startGateway({ place, root, profiled: true })
  try {
    await keepProfiles(place, 'table', gateway)
  } finally {
    await gateway.end()
  }
}
