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
  const gateway = await startGateway({ dir, instance })
  const [first, worker] = gateway.processes
  await sleep(REST_MS)
  const [rest, firstAtRest] = [residentMiB(worker), residentMiB(first)]
  const few = await busy(gateway.port, worker, FEW)
  const many = await busy(gateway.port, worker, MANY)
  await gateway.stop()
  const growth = ((many - few) / (MANY - FEW)) * 1000
  say(`at rest ${mib(rest)}, with ${FEW} busy connections ${mib(few)}, with ${MANY} ${mib(many)}`)
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
      measured: `${mib(growth)} (${FEW}: ${mib(few)}, ${MANY}: ${mib(many)})`,
      met: growth <= MOST_GROWTH,
    },
  ]
}

const mib = (value) => `${value.toFixed(0)} MiB`

/** The most that it was in the second half of a busy time: the heap has grown to what it needs by then. */
async function busy(port, worker, connections) {
  const loop = new ClosedLoop({ ...small({ connections }), port })
  loop.start()
  await sleep(BUSY_MS / 2)
  let most = 0
  for (let ms = 0; ms < BUSY_MS / 2; ms += LOOK_MS) {
    await sleep(LOOK_MS)
    most = Math.max(most, residentMiB(worker))
  }
  await loop.stop()
  return most
}
