import { setTimeout as sleep } from 'node:timers/promises'
import { ClosedLoop } from '../closed-loop.mjs'
import { fineCpuMicros } from '../fine-cpu.mjs'
import { median } from '../statistics.mjs'

const WARM_UP_MS = 1200
const SETTLE_MS = 100
const SLICE_MS = 450
const PAIRS = 5

/**
 * The CPU time of a request through the gateway by that through the yardstick, both under the same load a moment after each
 * other. The median of several such pairs: what disturbs the machine disturbs one of them, or both sides of it.
 *
 * @param pairs of which some may have been measured before; they are added to
 */
export async function measureCase({ load }, { gateway, yardstick }, pairs = []) {
  for (const side of [yardstick, gateway]) await slice(side, load, WARM_UP_MS)
  for (let i = 0; i < PAIRS; i++) {
    // Each goes first in turn.
    const order = i % 2 === 0 ? [yardstick, gateway] : [gateway, yardstick]
    const micros = new Map()
    for (const side of order) micros.set(side, await slice(side, load, SLICE_MS))
    pairs.push({ gateway: micros.get(gateway), yardstick: micros.get(yardstick) })
  }
  return {
    pairs,
    ratio: median(pairs.map((pair) => pair.gateway / pair.yardstick)),
    gatewayMicros: median(pairs.map((pair) => pair.gateway)),
    yardstickMicros: median(pairs.map((pair) => pair.yardstick)),
  }
}

/** @returns microseconds of CPU a request */
async function slice({ port, processes }, load, ms) {
  const loop = new ClosedLoop({ ...load, port })
  loop.start()
  await sleep(SETTLE_MS)
  const [cpuBefore, answeredBefore] = [fineCpuMicros(processes), loop.answered]
  await sleep(ms)
  const [cpu, answered] = [fineCpuMicros(processes) - cpuBefore, loop.answered - answeredBefore]
  await loop.stop()
  return cpu / answered
}
