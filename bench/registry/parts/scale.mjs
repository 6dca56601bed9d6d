import { setTimeout as sleep } from 'node:timers/promises'
import { cpuDuring } from '../cpu.mjs'
import { quiet, startGateway } from '../gateway.mjs'

const SIZES = [200, 2000, 20_000]
const PER_SECOND = 300
const SECONDS = 8
const IDLE_MS = 4000
/** The first table leaves garbage behind, whose collection is not the changes' cost. */
const SETTLE_MS = 2000
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

async function costs({ writer }, gateway, root) {
  const processes = [gateway.primary, ...gateway.workers]
  await sleep(SETTLE_MS)
  const idle = await cpuDuring(processes, () => sleep(IDLE_MS))
  const busy = await cpuDuring(processes, async () => {
    const result = await writer.ask('churn', { root, perSecond: PER_SECOND, seconds: SECONDS })
    await quiet(gateway)
    return result
  })
  const [primary, ...workers] = busy.micros.map((spent, at) => {
    const unasked = (idle.micros[at] * busy.wallMs) / idle.wallMs
    return (spent - unasked) / busy.result.count
  })
  return { primary, worker: Math.max(...workers) }
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
