import { setTimeout as sleep } from 'node:timers/promises'
import { ClosedLoop } from '../closed-loop.mjs'
import { fineCpuMicros } from '../fine-cpu.mjs'
import { quantile } from '../statistics.mjs'

const WARM_UP_MS = 1500
const SLICE_MS = 100
const PAIRS = 20
/** What disturbs a slice can only add to it: the lower ones are nearest to the truth. The lowest of all would be a lucky one. */
const LEAST_DISTURBED = 0.1

/** Until a JIT has done its work, which the first case should not pay for. */
export async function warmUp({ load }, { gateway, yardstick }, ms) {
  for (const one of [gateway, yardstick]) {
    const side = openSide(one, load)
    await side.slice(ms)
    await side.close()
  }
}

/**
 * The CPU time of a request through the gateway by that through the yardstick, both under the same load, in turn.
 *
 * @param sides `gateway` and `yardstick`, each with its `port` and the pids of its `processes`
 */
export async function measureCase({ load }, { gateway, yardstick }) {
  const sides = [openSide(gateway, load), openSide(yardstick, load)]
  for (const side of sides) await side.slice(WARM_UP_MS)
  for (let i = 0; i < PAIRS; i++) {
    // Each goes first in turn.
    for (const side of i % 2 === 0 ? sides : sides.toReversed()) side.micros.push(await side.slice(SLICE_MS))
  }
  for (const side of sides) await side.close()
  const [gatewayMicros, yardstickMicros] = sides.map(({ micros }) => quantile(micros, LEAST_DISTURBED))
  return { ratio: gatewayMicros / yardstickMicros, gatewayMicros, yardstickMicros }
}

function openSide({ port, processes }, load) {
  const loop = new ClosedLoop({ ...load, port })
  return {
    micros: [],
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
