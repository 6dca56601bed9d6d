import { median } from '../../statistics.mjs'
import { contenders } from '../contenders.mjs'
import { simulate } from '../simulate.mjs'

const INSTANCES = 100
const MEAN_MS = 10
/** Any but the first and the last: no strategy is to meet it by an accident of order. */
const SLOW = 37
const SLOWER = 10
const SEEDS = 3
const WORKERS = [1, 8]
const scene = {
  meansMs: Array.from({ length: INSTANCES }, (_, at) => (at === SLOW ? MEAN_MS * SLOWER : MEAN_MS)),
  load: 0.7,
  warmupMs: 5000,
  seconds: 20,
  clients: 20_000,
  skew: 0,
}

export async function latency({ say, seed }) {
  const measured = WORKERS.map((workers) => contenders.map((strategy) => inMedian(strategy, workers, seed, say)))
  return {
    targets: measured.flatMap((rows, at) => ['peak-ewma', 'p2c'].flatMap((type) => target(rows, type, WORKERS[at]))),
    tables: measured.map((rows, at) => table(rows, WORKERS[at])),
  }
}

/** The median of each figure over some seeds. */
function inMedian(strategy, workers, seed, say) {
  const runs = Array.from({ length: SEEDS }, (_, at) =>
    figures(simulate({ ...scene, strategy, workers, seed: seed + at })),
  )
  const row = Object.fromEntries(Object.keys(runs[0]).map((key) => [key, median(runs.map((run) => run[key]))]))
  say(`${strategy.type}, ${workers} workers: p99 ${ms(row.p99)}`)
  return { type: strategy.type, ...row }
}

function figures({ latencies, fleet }) {
  const sorted = latencies.slice().sort()
  const at = (share) => sorted[Math.ceil(sorted.length * share) - 1]
  return {
    mean: sorted.reduce((sum, one) => sum + one, 0) / sorted.length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    p999: at(0.999),
    slowShare: fleet.picks[SLOW] / sorted.length,
    worst: Math.max(...fleet.worst.filter((_, instance) => instance !== SLOW)),
    worstSlow: fleet.worst[SLOW],
  }
}

function target(rows, type, workers) {
  const of = (wanted) => rows.find((row) => row.type === wanted)
  const [mine, base] = [of(type), of('round-robin')]
  if (!mine) return []
  return [
    {
      what: `p99 of ${type}, ${named(workers)}`,
      target: '<= 1/2 of round-robin',
      measured: `${ms(mine.p99)} of ${ms(base.p99)}: ${(mine.p99 / base.p99).toFixed(2)}`,
      met: mine.p99 <= base.p99 / 2,
    },
  ]
}

function table(rows, workers) {
  return {
    title: `Waiting, ${named(workers)}`,
    about: `${INSTANCES} instances at ${scene.load * 100} % of their capacity, one of them ${SLOWER} times slower; medians of ${SEEDS} seeds.`,
    head: [
      'strategy',
      'mean',
      'p50',
      'p95',
      'p99',
      'p99.9',
      'to the slow one',
      'most at a healthy one',
      'at the slow one',
    ],
    lines: rows.map((row) => [
      row.type,
      ...['mean', 'p50', 'p95', 'p99', 'p999'].map((key) => ms(row[key])),
      `${(row.slowShare * 100).toFixed(2)} %`,
      `${row.worst}`,
      `${row.worstSlow}`,
    ]),
  }
}

const named = (workers) => (workers === 1 ? '1 worker' : `${workers} workers`)
const ms = (number) => (number < 1000 ? `${number.toFixed(1)} ms` : `${(number / 1000).toFixed(1)} s`)
