import { byKey } from '../contenders.mjs'
import { poolOf } from '../gateway.mjs'
import { callersOf, instancesOf } from '../service.mjs'

const INSTANCES = 100
const LEAVERS = Array.from({ length: 10 }, (_, at) => at * 11)
const KEYS = 100_000
const MOST_MOVED = 1.3

/** Whose requests go elsewhere when one instance leaves: at the least those that went there. */
export async function movement({ say }) {
  const rows = byKey.map((strategy) => {
    const row = { name: strategy.name, ...measure(strategy) }
    say(`${row.name}: ${row.moved.toFixed(2)} of an even share moved`)
    return row
  })
  return { targets: rows.map(target), tables: [table(rows)] }
}

/** Numbers of keys, as multiples of an even share. */
function measure({ type, options }) {
  const callers = callersOf(KEYS)
  const instances = instancesOf(INSTANCES)
  const pool = poolOf({ type, options: options(0) }, instances, { now: () => 0, random: () => 0 })
  const before = placesOf(pool, callers)
  const changes = LEAVERS.map((leaver) => {
    pool.update(instances.toSpliced(leaver, 1))
    const moved = movedBetween(before, placesOf(pool, callers))
    return { moved: moved.length, needless: moved.filter((key) => before[key] !== instances[leaver].id).length }
  })
  pool.update(instances)
  const strayed = movedBetween(before, placesOf(pool, callers)).length
  const loads = loadsOf(before, instances)
  const shares = (keys) => keys / (KEYS / INSTANCES)
  return {
    moved: shares(mean(changes.map(({ moved }) => moved))),
    needless: shares(mean(changes.map(({ needless }) => needless))),
    strayed: shares(strayed),
    most: shares(Math.max(...loads)),
    least: shares(Math.min(...loads)),
  }
}

const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length

/** @returns the numbers of the keys that are not where they were */
function movedBetween(before, after) {
  return [...before.keys()].filter((key) => before[key] !== after[key])
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

function target({ name, moved }) {
  return {
    what: `keys that move with ${name} when one of ${INSTANCES} leaves`,
    target: `<= ${MOST_MOVED} x 1/${INSTANCES}`,
    measured: `${moved.toFixed(2)} x`,
    met: moved <= MOST_MOVED,
  }
}

function table(rows) {
  const columns = ['moved', 'needless', 'strayed', 'most', 'least']
  return {
    title: `Keys, when one of ${INSTANCES} instances leaves`,
    about: `As multiples of an even share of ${KEYS} keys: 1 has to move.`,
    head: ['strategy', 'moved', 'moved needlessly', 'not back after its return', 'most at one', 'least at one'],
    lines: rows.map((row) => [row.name, ...columns.map((key) => row[key].toFixed(2))]),
  }
}
