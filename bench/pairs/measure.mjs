import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { say } from '../entry.mjs'
import { fineCpuMicros } from '../fine-cpu.mjs'
import { freePort, get } from '../http.mjs'
import { family } from '../proc.mjs'
import { start, stop } from '../processes.mjs'

const PATH = '/services/echo/bytes'
/** Of each candidate: no two cost quite the same. */
const COPIES = 3
export const CONNECTIONS = 64
export const WARMUP_SECONDS = 6
export const ROUND_SECONDS = 2

/**
 * What a request costs two candidates that are under the same load at the same time, on one core.
 *
 * @param place `core` of the candidates, `loadCore`, `dir`, ports of the `upstreams`, and the `closed` loop of the load generator
 * @returns of each round the microseconds of CPU a request, of the one and of the other
 */
export async function measurePair({ what, one, other }, rounds, place) {
  const sides = { ones: await openCopies(one, place), others: await openCopies(other, place) }
  for (const side of [...sides.ones, ...sides.others]) await loaded(side, WARMUP_SECONDS, place)
  const micros = []
  for (let round = 0; round < rounds; round++) {
    micros.push(await together(pairOf(sides, round), round % 2 === 0, place))
    const [ofOne, ofOther] = micros[round].map((value) => value.toFixed(1))
    say(`${what}, round ${round + 1}/${rounds}: ${one.name} ${ofOne} µs, ${other.name} ${ofOther} µs`)
  }
  for (const { running } of [...sides.ones, ...sides.others]) await stop(running)
  return micros
}

/** Each copy meets each of the other's. */
function pairOf({ ones, others }, round) {
  return [ones[round % COPIES], others[(round + Math.floor(round / COPIES)) % COPIES]]
}

/** Whoever is loaded first has a little more of it. */
async function together(pair, inOrder, place) {
  const order = inOrder ? pair : pair.toReversed()
  const micros = await Promise.all(order.map((side) => loaded(side, ROUND_SECONDS, place)))
  return inOrder ? micros : micros.reverse()
}

async function loaded({ port, pids, dir }, seconds, { loadCore, closed }) {
  const request = { path: PATH, secure: false, method: 'GET', headers: {}, bodyBytes: 0 }
  const before = fineCpuMicros(pids)
  const load = { ...request, connections: CONNECTIONS, port, seconds, core: loadCore, dir }
  const { requests, errors } = await closed.run(load)
  if (errors > 0) throw new Error(`${errors} requests went wrong`)
  return (fineCpuMicros(pids) - before) / requests
}

async function openCopies(candidate, { core, dir: parent, upstreams }) {
  const copies = []
  for (let copy = 0; copy < COPIES; copy++) {
    const [port, adminPort] = [await freePort(), await freePort()]
    const dir = join(parent, `${port}`)
    mkdirSync(dir)
    const running = start({ ...candidate.command({ dir, port, adminPort, upstreams }), core, dir })
    await get(port, PATH, { until: 200, unless: running, seconds: 60 })
    await sleep(500) // what goes on after the first answer
    copies.push({ port, dir, running, pids: family(running.pid) })
  }
  return copies
}
