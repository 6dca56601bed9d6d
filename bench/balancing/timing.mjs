import { median } from '../statistics.mjs'

const WARMUP_NS = 200e6
const RUNS = 51
const RUN_NS = 2e6

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
    return (user + system) * 1000
  }
  let turns = 5000
  let ns = 0
  for (let left = WARMUP_NS; left > 0; left -= ns) ns = run(turns)
  turns = Math.ceil((RUN_NS * turns) / ns)
  return median(Array.from({ length: RUNS }, () => run(turns) / turns))
}
