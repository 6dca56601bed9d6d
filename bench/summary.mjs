import { median, range } from './statistics.mjs'

const metrics = [
  'cpuMicros',
  'perSecond',
  'offered',
  'p50Ms',
  'p99Ms',
  'p999Ms',
  'coreShare',
  'restMiB',
  'afterMiB',
  'requests',
]

/** Less than this part of the offered rate was not keeping up. */
const KEPT_UP = 0.98

/**
 * What all rounds of a case say of each candidate: medians, and its CPU time as a multiple of the first one's.
 *
 * @returns `name`, `does`, `per`, `yardstick` and `rows` of the case
 */
export function summarize({ name, does, per = 'request', candidates, runs }) {
  const [yardstick] = candidates
  const base = runs.find(({ candidate }) => candidate === yardstick)?.rounds
  return { name, does, per, yardstick: yardstick.name, rows: runs.map((run) => summarizeRun(run, base)) }
}

function summarizeRun({ candidate: { name, does }, rounds, trouble, failed }, base) {
  const good = rounds.filter(Boolean)
  const medians = metrics.map((metric) => [metric, median(good.flatMap((round) => round[metric] ?? []))])
  const row = { name, does, failed, ...Object.fromEntries(medians) }
  const cpuRatios = ratios(rounds, base, 'cpuMicros')
  return { ...row, ratio: median(cpuRatios), ratioRange: range(cpuRatios), trouble: trouble ?? fellBehind(row), rounds }
}

/** A metric as a multiple of another candidate's in the same round: what disturbs the machine disturbs all in a round alike. */
export function ratios(rounds, base, metric) {
  return rounds.flatMap((round, at) => (round && base?.[at] ? [round[metric] / base[at][metric]] : []))
}

function fellBehind({ perSecond, offered }) {
  if (offered === undefined || perSecond >= offered * KEPT_UP) return undefined
  const share = Math.round((perSecond / offered) * 100)
  return `it cannot do that: it answered ${share} % of what was asked for, so its latencies are those of a growing queue`
}
