import { setTimeout as sleep } from 'node:timers/promises'
import { ClosedLoop } from '../closed-loop.mjs'
import { fineCpuMicros } from '../fine-cpu.mjs'
import { quantile } from '../statistics.mjs'

const WARM_UP_MS = 1000
const SLICE_MS = 100
const PAIRS = 30
/** What disturbs a slice can only add to it: the lower ones are nearest to the truth. The lowest of all would be a lucky one. */
const LEAST_DISTURBED = Number(process.env.Q ?? 0.25)

export async function measureCase({ load }, { gateway, yardstick }, slices = { gateway: [], yardstick: [] }) {
  const sides = { gateway: openSide(gateway, load), yardstick: openSide(yardstick, load) }
  for (const side of Object.values(sides)) await side.slice(WARM_UP_MS)
  for (let i = 0; i < PAIRS; i++) {
    const order = i % 2 === 0 ? ['gateway', 'yardstick'] : ['yardstick', 'gateway']
    for (const name of order) slices[name].push(await sides[name].slice(SLICE_MS))
  }
  for (const side of Object.values(sides)) await side.close()
  const [gatewayMicros, yardstickMicros] = [slices.gateway, slices.yardstick].map((of) => quantile(of, LEAST_DISTURBED))
  return { slices, ratio: gatewayMicros / yardstickMicros, gatewayMicros, yardstickMicros }
}

function openSide({ port, processes }, load) {
  const loop = new ClosedLoop({ ...load, port })
  return {
    /** Loads it for so long. @returns microseconds of CPU a request */
    async slice(ms) {
      const [cpuBefore, answeredBefore] = [fineCpuMicros(processes), loop.answered]
      loop.start()
      await sleep(ms)
      await loop.pause()
      return (fineCpuMicros(processes) - cpuBefore) / (loop.answered - answeredBefore)
    },
    close: () => loop.stop(),
  }
}
