import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ClosedLoop } from '../../closed-loop.mjs'
import { residentMiB } from '../../proc.mjs'
import { startGateway } from '../gateway.mjs'
import { small } from '../loaded.mjs'

const FEW = 64
const MANY = 1000
const REST_MS = 3000
const BUSY_MS = 6000
const LOOK_MS = 200
const MOST_AT_REST = 80
const MOST_GROWTH = 25

/** Resident memory of a worker: before it has done anything, and what a thousand connections that are all busy add. */
export async function memory({ dir, say, instance }) {
  const gateway = await startGateway({ dir, instance, watched: 'collect' })
  const [first, worker] = gateway.processes
  await sleep(REST_MS)
  const [rest, firstAtRest] = [residentMiB(worker), residentMiB(first)]
  const few = await busy(gateway, FEW)
  const many = await busy(gateway, MANY)
  await gateway.stop()
  const growthOf = (which) => ((many[which] - few[which]) / (MANY - FEW)) * 1000
  const both = (which) => `${FEW}: ${mib(few[which])}, ${MANY}: ${mib(many[which])}`
  say(`at rest ${mib(rest)}, with busy connections ${both('most')}`)
  const madeOf = ({ parts: { young, old, buffers, rest } }) =>
    `${mib(young)} young and ${mib(old)} old generation, ${mib(buffers)} buffers, ${mib(rest)} all else`
  return [
    {
      what: 'resident memory of a worker at rest',
      target: `<= ${MOST_AT_REST} MiB`,
      measured: mib(rest),
      met: rest <= MOST_AT_REST,
    },
    { what: 'the same of the first process', measured: mib(firstAtRest) },
    {
      what: 'what 1,000 busy connections add',
      target: `<= ${MOST_GROWTH} MiB`,
      measured: `${mib(growthOf('most'))} (${both('most')})`,
      met: growthOf('most') <= MOST_GROWTH,
    },
    {
      what: 'of which is alive on the heap',
      measured: `${mib(growthOf('alive'))} (${both('alive')})`,
    },
    { what: `what it is made of with ${FEW} busy connections`, measured: madeOf(few) },
    { what: `what it is made of with ${MANY} busy connections`, measured: madeOf(many) },
  ]
}

const mib = (value) => `${value.toFixed(0)} MiB`

/** The most that it was in the second half of a busy time: the heap has grown to what it needs by then. */
async function busy({ dir, port, processes: [, worker] }, connections) {
  const loop = new ClosedLoop({ ...small({ connections }), port })
  loop.start()
  await sleep(BUSY_MS / 2)
  let most = 0
  for (let ms = 0; ms < BUSY_MS / 2; ms += LOOK_MS) {
    await sleep(LOOK_MS)
    most = Math.max(most, residentMiB(worker))
  }
  const collected = await collectedMiB(dir, worker)
  await loop.stop()
  return { most, ...collected }
}

/** What memory is made of while it is busy, and what of it is alive after a garbage collection. */
async function collectedMiB(dir, worker) {
  const file = join(dir, 'collected')
  rmSync(file, { force: true })
  process.kill(worker, 'SIGUSR2')
  while (!existsSync(file)) await sleep(1)
  return JSON.parse(readFileSync(file, 'utf8'), (_, value) => (typeof value === 'number' ? value / 2 ** 20 : value))
}
