import { setTimeout as sleep } from 'node:timers/promises'
import { cpuBetween } from '../cpu.mjs'
import { startGateway } from '../gateway.mjs'

const SIZES = [200, 2000, 20_000]
const PER_SECOND = 300
const SECONDS = 8
const IDLE_MS = 4000
/** A hundred times the registry, not twice the cost. */
const MOST = 2

/** The CPU time of one change, less what the same gateway uses when nothing changes. */
export async function scale(place) {
  const readings = []
  for (const services of SIZES) {
    const { root, count } = await place.populated(services)
    const gateway = await startGateway({ place, root })
    try {
      readings.push({ services, count, ...(await costs(place, gateway, root)) })
      const { primary, worker } = readings.at(-1)
      place.say(`${services} services: a change costs the primary ${micros(primary)}, a worker ${micros(worker)}`)
    } finally {
      await gateway.end()
    }
  }
  return ['primary', 'worker'].map((name) => row(name, readings))
}

async function costs({ writer }, { primary, workers }, root) {
  const processes = [primary, ...workers]
  await sleep(2000) // the first table leaves garbage behind
  const idle = await cpuBetween(processes, () => sleep(IDLE_MS))
  const busy = await cpuBetween(processes, () => writer.ask('churn', { root, perSecond: PER_SECOND, seconds: SECONDS }))
  const each = busy.micros.map((spent, at) => (spent - (idle.shares[at] * spent) / busy.shares[at]) / busy.result.count)
  return { primary: each[0], worker: Math.max(...each.slice(1)), idle: idle.shares }
}

function row(name, readings) {
  const ratio = readings.at(-1)[name] / readings[0][name]
  return {
    what: `CPU of a change in ${name === 'primary' ? 'the primary' : 'a worker'}, at ${SIZES.join(', ')} services`,
    target: `<= ${MOST} x`,
    measured: `${readings.map((reading) => micros(reading[name])).join(', ')}: ${ratio.toFixed(2)} x (${readings.map(({ count }) => count).join(', ')} instances; ${PER_SECOND} changes/s)`,
    met: ratio <= MOST,
    readings,
  }
}

const micros = (number) => `${number.toFixed(0)} µs`
