import { median } from '../statistics.mjs'

const WARMUP_MS = 200
const RUNS = 51
const RUN_MS = 2

/**
 * CPU time of one step: the median of many short runs, so that most of them are undisturbed.
 *
 * @param step gets the number of its turn
 * @returns nanoseconds, those of the loop itself in them
 */
export function nsOf(step) {
  let turn = 0
  const run = (turns) => {
    const begun = process.cpuUsage()
    for (const end = turn + turns; turn < end; turn++) step(turn)
    const { user, system } = process.cpuUsage(begun)
    return ((user + system) * 1000) / turns
  }
  const untilMs = performance.now() + WARMUP_MS
  let ns = 0
  while (performance.now() < untilMs) ns = run(2000)
  const turns = Math.ceil((RUN_MS * 1e6) / ns)
  return median(Array.from({ length: RUNS }, () => run(turns)))
}
