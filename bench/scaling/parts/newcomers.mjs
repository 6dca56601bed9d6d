import { setTimeout as sleep } from 'node:timers/promises'
import { ClosedLoop } from '../../closed-loop.mjs'
import { median, range } from '../../statistics.mjs'
import { startGateway } from '../gateway.mjs'
import { small } from '../loaded.mjs'

const BUSY = [64, 1000]
const NEW = 32
const BURSTS = 9
const WARM_UP_MS = 2500
const BETWEEN_MS = 100

/** What those wait for who connect at once, while the only worker has others to serve. */
export async function newcomers({ dir, say, instance }) {
  const gateway = await startGateway({ dir, instance })
  const rows = []
  for (const busy of BUSY) rows.push(await beside(busy, gateway))
  await gateway.stop()
  for (const { what, measured } of rows) say(`${what}: ${measured}`)
  return rows
}

async function beside(busy, { port }) {
  const loop = new ClosedLoop({ ...small({ connections: busy }), port })
  loop.start()
  await sleep(WARM_UP_MS)
  loop.times = []
  const lasts = []
  for (let burst = 0; burst < BURSTS; burst++) {
    await sleep(BETWEEN_MS)
    lasts.push(await lastOfBurst(port))
  }
  await loop.stop()
  const [least, most] = range(lasts).map((ms) => ms.toFixed(0))
  return {
    what: `${NEW} new connections at once beside ${busy} busy ones: until the last has its first answer`,
    measured: `${median(lasts).toFixed(0)} ms (${least}-${most}), where an answer takes the others ${median(loop.times).toFixed(1)} ms`,
  }
}

/** Each asks once. @returns the milliseconds from all connects to the last answer */
async function lastOfBurst(port) {
  const loop = new ClosedLoop({ ...small({ connections: NEW }), port })
  loop.times = []
  loop.start()
  await loop.stop()
  return Math.max(...loop.times)
}
