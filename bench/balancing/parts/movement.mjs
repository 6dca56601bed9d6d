import { median } from '../../statistics.mjs'
import { byKey } from '../contenders.mjs'
import { poolOf } from '../gateway.mjs'
import { callersOf, instancesOf } from '../service.mjs'

const INSTANCES = 100
const LEAVERS = [0, 21, 42, 63, 99]
const KEYS = 100_000
const MOST_MOVED = 1.3

/** Whose requests go elsewhere when one instance leaves: at the least those that went there. */
export async function movement({ seed }) {
  const callers = callersOf(KEYS)
  const instances = instancesOf(INSTANCES)
  const rows = byKey.map((strategy) => row(strategy, callers, instances))
  return { targets: rows.map(target), tables: [table(rows)] }

  function row({ type, options }) {
    const pool = poolOf({ type, options: options(0) }, instances, { now: () => 0, random: () => (seed % 100) / 100 })
    const before = placesOf(pool, callers)
    const loads = loadsOf(before, instances)
    const changes = LEAVERS.map((at) => {
      pool.update(instances.toSpliced(at, 1))
      const after = placesOf(pool, callers)
      return {
        moved: callers.filter((_, caller) => before[caller] !== after[caller]).length,
        needless: callers.filter((_, k) => before[k] !== after[k] && before[k] !== instances[at].id).length,
      }
    })
    pool.update(instances)
    const back = placesOf(pool, callers)
    const share = (key) => median(changes.map((change) => change[key])) / (callers.length / INSTANCES)
    return {
      type,
      moved: share('moved'),
      needless: share('needless'),
      strayed: back.filter((id, caller) => id !== before[caller]).length,
      most: Math.max(...loads) / (callers.length / INSTANCES),
      least: Math.min(...loads) / (callers.length / INSTANCES),
    }
  }
}

function placesOf(pool, callers) {
  return callers.map((caller) => {
    const lease = pool.lease(caller, [])
    lease.end()
    return lease.endpoint.instance.id
  })
}

function loadsOf(places, instances) {
  const counts = new Map(instances.map(({ id }) => [id, 0]))
  for (const id of places) counts.set(id, counts.get(id) + 1)
  return [...counts.values()]
}

function target({ type, moved }) {
  return {
    what: `keys that move with ${type} when one of ${INSTANCES} leaves`,
    target: `<= ${MOST_MOVED} x 1/${INSTANCES}`,
    measured: `${moved.toFixed(2)} x`,
    met: moved <= MOST_MOVED,
  }
}

function table(rows) {
  return {
    title: `Keys, when one of ${INSTANCES} instances leaves`,
    about: `As multiples of an even share of ${KEYS} keys: 1 has to move.`,
    head: ['strategy', 'moved', 'moved needlessly', 'not back after its return', 'most at one', 'least at one'],
    lines: rows.map(({ type, moved, needless, strayed, most, least }) => [
      type,
      ...[moved, needless].map((times) => times.toFixed(2)),
      `${strayed} keys`,
      ...[most, least].map((times) => times.toFixed(2)),
    ]),
  }
}
