import { Agenda } from './agenda.mjs'
import { chance, exponential, zipf } from './chance.mjs'
import { poolOf } from './gateway.mjs'
import { callersOf, instancesOf } from './service.mjs'

/**
 * A gateway of `workers` that share nothing, in front of instances that are each a queue with one server: M/M/1, first come
 * first served. Time is virtual. Two runs with one seed get the same requests at the same times with the same work to do,
 * whatever the strategy.
 *
 * @param scene.strategy `{ type, options(ordinal) }`
 * @param scene.meansMs the mean service time of each instance
 * @returns latencies of all requests that came after the warm-up, in order, and what became of the load
 */
export function simulate({ strategy, workers, seed, meansMs, load, warmupMs, seconds, clients, skew }) {
  const clock = { nowMs: 0 }
  const traffic = chance(seed)
  const client = zipf(clients, skew, traffic)
  const fleet = new Fleet(meansMs)
  const pools = workersOf({ strategy, workers, seed, clock, instances: fleet.instances })
  const callers = callersOf(clients)
  const agenda = new Agenda()
  const perMs = load * fleet.capacityPerMs
  const endMs = warmupMs + seconds * 1000
  const latencies = new Float64Array(Math.ceil(perMs * seconds * 1000 * 1.1))
  let count = 0
  for (let arrivalMs = 0; arrivalMs < endMs; arrivalMs += exponential(traffic) / perMs) {
    while (agenda.nextMs <= arrivalMs) leave(agenda.take(), clock, fleet)
    clock.nowMs = arrivalMs
    const pool = pools[Math.floor(traffic() * workers)]
    const lease = pool.lease(callers[client()], NONE)
    const at = fleet.at(lease.endpoint)
    const atMs = fleet.serve(at, arrivalMs, exponential(traffic))
    agenda.add({ atMs, at, pool, lease, arrivalMs })
    if (arrivalMs < warmupMs) continue
    latencies[count++] = atMs - arrivalMs
    fleet.count(at)
  }
  return { latencies: latencies.subarray(0, count), fleet }
}

const NONE = []

function leave({ atMs, at, pool, lease, arrivalMs }, clock, fleet) {
  clock.nowMs = atMs
  pool.observe(lease.endpoint, atMs - arrivalMs, false)
  lease.end()
  fleet.leave(at)
}

function workersOf({ strategy, workers, seed, clock, instances }) {
  const now = () => clock.nowMs
  return Array.from({ length: workers }, (_, ordinal) =>
    poolOf({ type: strategy.type, options: strategy.options?.(ordinal) }, instances, {
      now,
      random: chance(seed * 1000 + ordinal),
      ordinal,
    }),
  )
}

/** The instances: how long each is busy yet, and how many requests are with it. */
class Fleet {
  instances
  capacityPerMs
  /** The most that each has had at once. */
  worst
  picks
  #meansMs
  #busyUntilMs
  #present
  #places

  constructor(meansMs) {
    this.instances = instancesOf(meansMs.length)
    this.capacityPerMs = meansMs.reduce((sum, meanMs) => sum + 1 / meanMs, 0)
    this.worst = new Uint32Array(meansMs.length)
    this.picks = new Uint32Array(meansMs.length)
    this.#meansMs = meansMs
    this.#busyUntilMs = new Float64Array(meansMs.length)
    this.#present = new Uint32Array(meansMs.length)
    this.#places = new Map(this.instances.map(({ id }, at) => [id, at]))
  }

  at({ instance }) {
    return this.#places.get(instance.id)
  }

  /** @returns when the request will have been served. It is known at once, since nobody overtakes */
  serve(at, nowMs, work) {
    this.worst[at] = Math.max(this.worst[at], ++this.#present[at])
    this.#busyUntilMs[at] = Math.max(this.#busyUntilMs[at], nowMs) + work * this.#meansMs[at]
    return this.#busyUntilMs[at]
  }

  leave(at) {
    this.#present[at]--
  }

  count(at) {
    this.picks[at]++
  }
}
