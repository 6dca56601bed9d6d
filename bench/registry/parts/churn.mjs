import { setTimeout as sleep } from 'node:timers/promises'
import { cpuDuring } from '../cpu.mjs'
import { compare, quiet, startGateway, WORKERS } from '../gateway.mjs'
import { now } from '../model.mjs'
import { keepProfiles } from '../profile.mjs'

const SERVICES = 2000
const PER_SECOND = 1000
const SECONDS = 20
const TARGET = { primary: 0.25, worker: 0.05 }
/** A table that is not right after so long will not be. */
const PATIENCE_MS = 5000

export async function churn(place) {
  const trusting = await run(place)
  const guarded = await run(place, { defaults: true })
  if (place.profile) await run(place, { profiled: true })
  return [...targets(trusting), byDefault(guarded)]
}

async function run(place, { defaults = false, profiled = false } = {}) {
  const { root } = await place.populated(SERVICES)
  const gateway = await startGateway({ place, root, defaults })
  try {
    await sleep(1000) // what the first table leaves behind is not the changes' cost
    const processes = [gateway.primary, ...gateway.workers]
    if (defaults) await gateway.primary.ask('watchLag')
    if (profiled) await Promise.all(processes.map((one) => one.ask('profile')))
    const { micros, result } = await cpuDuring(processes, () => churned(place, gateway, root))
    const { maxMs: lagMs } = await gateway.primary.ask('lag')
    if (profiled) await keepProfiles(place, 'churn', gateway)
    const end = await settled(place, gateway, root, result.endedMs)
    const [primary, ...workers] = micros.map((spent) => spent / 1000 / (result.endedMs - result.begunMs))
    const how = profiled ? ' under the profiler' : defaults ? ' with the defaults' : ''
    place.say(`churn${how}: primary ${percent(primary)}, workers ${workers.map(percent)}, ${end.wrong} wrong`)
    return { primary, worker: Math.max(...workers), lagMs, ...end, ...result }
  } finally {
    await gateway.end()
  }
}

/** What is still under way when the last change has been acknowledged counts as well. */
async function churned({ writer }, gateway, root) {
  const before = await gateway.workers[0].ask('size')
  const result = await writer.ask('churn', { root, perSecond: PER_SECOND, seconds: SECONDS })
  const lastMs = await quiet(gateway)
  const after = await gateway.workers[0].ask('size')
  return { ...result, lastMs, bursts: after.bursts - before.bursts }
}

/** Compares until all is right, or patience has ended. */
async function settled({ writer }, gateway, root, endedMs) {
  for (;;) {
    const result = await compare(gateway, writer, root)
    if (result.wrong === 0 || now() - endedMs > PATIENCE_MS) return result
    await sleep(50)
  }
}

const percent = (share) => `${(share * 100).toFixed(1)} %`

function targets({
  primary,
  worker,
  wrong,
  missing,
  extra,
  stale,
  count,
  endedMs,
  lastMs,
  ackP50Ms,
  instances,
  bursts,
}) {
  const tables = `${missing} missing, ${extra} extra, ${stale} stale of ${WORKERS} x ${instances}`
  const pace = `${count} changes in ${bursts} bursts, the last there ${Math.max(0, lastMs - endedMs).toFixed(0)} ms after its acknowledgement`
  const cpu = (who, share, target) => ({
    what: `CPU of ${who} meanwhile`,
    target: `<= ${percent(target)} of a core`,
    measured: percent(share),
    met: share <= target,
  })
  return [
    {
      what: `${PER_SECOND} changes/s over ${SERVICES} services for ${SECONDS} s: exact at the end`,
      target: '0 wrong',
      measured: `${tables}; ${pace}; a write took ${ackP50Ms.toFixed(1)} ms (p50)`,
      met: wrong === 0,
    },
    cpu('the primary', primary, TARGET.primary),
    cpu('a worker', worker, TARGET.worker),
  ]
}

function byDefault({ primary, worker, wrong, lagMs, bursts }) {
  const cpu = `primary ${percent(primary)}, worker ${percent(worker)} of a core`
  return {
    what: 'the same with the defaults: guard and snapshot',
    target: '-',
    measured: `${cpu}; ${wrong} wrong; ${bursts} bursts; event loop of the primary delayed ${lagMs.toFixed(0)} ms at most`,
  }
}
