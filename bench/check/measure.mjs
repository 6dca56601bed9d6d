import { setTimeout as sleep } from 'node:timers/promises'
import { ClosedLoop } from '../closed-loop.mjs'
import { fineCpuMicros } from '../fine-cpu.mjs'
import { median } from '../statistics.mjs'

const WARM_UP_MS = 3000
const SLICE_MS = 250
const SLICES = 16

/** Until a JIT has done its work, which the first case should not pay for. */
export async function warmUp({ load }, { gateway, yardstick }, ms) {
  const sides = [openSide(gateway, load), openSide(yardstick, load)]
  await Promise.all(sides.map((side) => side.slice(ms)))
  await Promise.all(sides.map((side) => side.close()))
}

/**
 * The CPU time of a request through the gateway by that through the yardstick, both under the same load at the same time: what
 * disturbs the one disturbs the other.
 *
 * @param sides `gateway` and `yardstick`, each with its `port` and the pids of its `processes`
 */
export async function measureCase({ load }, { gateway, yardstick }) {
  const sides = [openSide(gateway, load), openSide(yardstick, load)]
  await Promise.all(sides.map((side) => side.slice(WARM_UP_MS)))
  const slices = []
  for (let i = 0; i < SLICES; i++) slices.push(await Promise.all(sides.map((side) => side.slice(SLICE_MS))))
  await Promise.all(sides.map((side) => side.close()))
  return {
    ratio: median(slices.map(([ofGateway, ofYardstick]) => ofGateway / ofYardstick)),
    gatewayMicros: median(slices.map(([ofGateway]) => ofGateway)),
    yardstickMicros: median(slices.map(([, ofYardstick]) => ofYardstick)),
  }
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
