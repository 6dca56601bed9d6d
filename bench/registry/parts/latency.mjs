import { setTimeout as sleep } from 'node:timers/promises'
import { quantile } from '../../statistics.mjs'
import { startGateway } from '../gateway.mjs'
import { slotOf } from '../model.mjs'

const CHANGES = 400
const PAUSE_MS = 50
const TARGET = { p50Ms: 25, p99Ms: 60 }
const QUIET_MS = 1000

/** One change at a time, at random moments: from the acknowledgement of the write to the table of the last worker. */
export async function latency(place) {
  const { root } = await place.populated(2000)
  const gateway = await startGateway({ place, root })
  try {
    for (const worker of gateway.workers) await worker.ask('record')
    const changes = await place.writer.ask('series', { root, count: CHANGES, pauseMs: PAUSE_MS })
    await sleep(QUIET_MS)
    const records = await Promise.all(gateway.workers.map((worker) => worker.ask('taken')))
    return rows(changes, records.map(byService))
  } finally {
    await gateway.end()
  }
}

/** The records of one worker, by the service that they are of. */
function byService(records) {
  const services = new Map()
  for (const record of records) {
    const service = (record[1][0] ?? record[2][0]).split('/')[0]
    services.set(service, [...(services.get(service) ?? []), record])
  }
  return services
}

function rows(changes, workers) {
  const seen = changes.map((change) => Math.max(...workers.map((worker) => seenMs(change, worker))))
  const lost = seen.filter((ms) => ms === Number.POSITIVE_INFINITY).length
  const delays = (kind) =>
    seen.flatMap((ms, at) => (!kind || changes[at].kind === kind ? [ms - changes[at].ackMs] : []))
  const [p50Ms, p99Ms] = [0.5, 0.99].map((share) => quantile(delays(), share))
  const kinds = ['create', 'remove', 'set'].map((kind) => `${kind} ${quantile(delays(kind), 0.5).toFixed(1)}`)
  return [
    row(`a change in every worker after its acknowledgement, p50`, TARGET.p50Ms, p50Ms, `; ${kinds.join(', ')}`),
    {
      ...row(
        `the same, p99`,
        TARGET.p99Ms,
        p99Ms,
        `; longest ${Math.max(...delays()).toFixed(1)}, ${lost} of ${changes.length} lost`,
      ),
      delays: delays(),
    },
  ]
}

const row = (what, target, ms, more) => ({
  what,
  target: `<= ${target} ms`,
  measured: `${ms.toFixed(1)} ms${more}`,
  met: ms <= target,
})

/** When the table first was as the change wants it. */
function seenMs({ kind, service, revision, sentMs }, worker) {
  const wanted = ([atMs, , after]) =>
    atMs >= sentMs &&
    (kind === 'remove' ? !after.some((one) => slotOf(one) === slotOf(revision)) : after.includes(revision))
  return worker.get(String(service))?.find(wanted)?.[0] ?? Number.POSITIVE_INFINITY
}
