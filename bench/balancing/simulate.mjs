import { Agenda } from './agenda.mjs'
import { chance, exponential, zipf } from './chance.mjs'
import { Fleet } from './fleet.mjs'
import { callersOf } from './service.mjs'
import { Worker } from './worker.mjs'

/**
 * A gateway of `workers` that share nothing, in front of instances that are each a queue with one server, first come first
 * served. Time is virtual. Two runs with one seed get the same requests at the same times with the same work to do, whatever
 * the strategy.
 *
 * @param scene.strategy `{ type, options(ordinal) }`
 * @param scene.meansMs mean service time of each instance
 * @param scene.failing the instance that fails all that it is given, if one does
 * @param scene.passive settings of passive ejection; undefined: there is none
 * @param scene.skew of the clients: the kth comes as often as 1 / k ** skew
 * @returns of all requests that came after the warm-up, in order: latencies, and the places of the instances that they got;
 *   and the most that each instance had at once
 */
export function simulate({
  strategy,
  workers,
  seed,
  meansMs,
  failing,
  passive,
  load,
  warmupMs,
  seconds,
  clients,
  skew,
}) {
  const traffic = chance(seed)
  const fleet = new Fleet(meansMs)
  const scope = { clock: { nowMs: 0 }, instances: fleet.instances, seed, passive, callers: callersOf(clients) }
  const gateway = Array.from({ length: workers }, (_, ordinal) => new Worker(strategy, ordinal, scope))
  const client = zipf(clients, skew, traffic)
  const agenda = new Agenda()
  const perMs = load * fleet.capacityPerMs
  const endMs = warmupMs + seconds * 1000
  const latencies = new Float64Array(Math.ceil(perMs * seconds * 1000 * 1.1))
  const places = new Uint16Array(latencies.length)
  let count = 0
  for (let nowMs = 0; nowMs < endMs; nowMs += exponential(traffic) / perMs) {
    while (agenda.nextMs <= nowMs) end(agenda.take(), scope.clock, fleet)
    scope.clock.nowMs = nowMs
    const worker = gateway[Math.floor(traffic() * workers)]
    const lease = worker.lease(client())
    const at = fleet.placeOf(lease.endpoint)
    const endsMs = fleet.begin(at, nowMs, exponential(traffic))
    agenda.add({ atMs: endsMs, begunMs: nowMs, at, worker, lease, failed: at === failing })
    if (nowMs < warmupMs) continue
    latencies[count] = endsMs - nowMs
    places[count++] = at
  }
  return { latencies: latencies.subarray(0, count), places: places.subarray(0, count), worst: fleet.worst }
}

function end({ atMs, begunMs, at, worker, lease, failed }, clock, fleet) {
  clock.nowMs = atMs
  worker.end(lease, atMs - begunMs, failed)
  fleet.end(at)
}
