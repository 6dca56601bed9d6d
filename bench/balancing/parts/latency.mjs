import { median, range } from '../../statistics.mjs'
import { bounded, byKey, contenders } from '../contenders.mjs'
import { simulate } from '../simulate.mjs'

const INSTANCES = 100
const MEAN_MS = 10
/** Any but the first and the last: no strategy is to meet it by an accident of order. */
const SLOW = 37
const SLOWER = 10
const SEEDS = 3
const WORKERS = [1, 8]
/** Of keys: the kth comes as often as 1 / k. */
const ZIPF = 1
const TARGETED = ['peak-ewma', 'p2c']
const scene = {
  meansMs: Array.from({ length: INSTANCES }, (_, at) => (at === SLOW ? MEAN_MS * SLOWER : MEAN_MS)),
  load: 0.7,
  warmupMs: 5000,
  seconds: 20,
  clients: 20_000,
}

export async function latency({ say, seed }) {
  const rowsOf = (strategies, workers, skew) =>
    strategies
      .filter(({ fromWorkers }) => workers >= fromWorkers)
      .map((strategy) => inMedian(strategy, { ...scene, workers, skew }, seed, say))
  const measured = WORKERS.map((workers) => ({ workers, rows: rowsOf(contenders, workers, 0) }))
  const most = Math.max(...WORKERS)
  const skewed = rowsOf([...byKey, ...bounded], most, ZIPF)
  return {
    targets: measured.flatMap(({ rows, workers }) => TARGETED.map((name) => target(rows, name, workers))),
    tables: [
      ...measured.map(({ rows, workers }) => table(`Waiting, ${named(workers)}`, rows)),
      table(`Waiting, ${named(most)}, some keys much more frequent`, skewed),
    ],
  }
}

/** The median of each figure over some seeds; `p99s` are the least and the greatest of the seeds. */
function inMedian(strategy, scene, seed, say) {
  const runs = Array.from({ length: SEEDS }, (_, at) => figures(simulate({ ...scene, strategy, seed: seed + at })))
  const row = Object.fromEntries(Object.keys(runs[0]).map((key) => [key, median(runs.map((run) => run[key]))]))
  say(`${strategy.name}, ${named(scene.workers)}: p99 ${ms(row.p99)}`)
  return { name: strategy.name, ...row, p99s: range(runs.map(({ p99 }) => p99)) }
}

function figures({ latencies, places, worst }) {
  const sorted = latencies.slice().sort()
  const healthy = latencies.filter((_, at) => places[at] !== SLOW).sort()
  return {
    mean: sorted.reduce((sum, one) => sum + one, 0) / sorted.length,
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
    p999: quantile(sorted, 0.999),
    healthyP99: quantile(healthy, 0.99),
    slowShare: 1 - healthy.length / sorted.length,
    worst: Math.max(...worst.filter((_, instance) => instance !== SLOW)),
    worstSlow: worst[SLOW],
  }
}

const quantile = (sorted, share) => sorted[Math.ceil(sorted.length * share) - 1]

function target(rows, name, workers) {
  const of = (wanted) => rows.find((row) => row.name === wanted)
  const [mine, base] = [of(name), of('round-robin')]
  return {
    what: `p99 of ${name}, ${named(workers)}`,
    target: "<= 1/2 of round-robin's",
    measured: `${ms(mine.p99)} of ${ms(base.p99)} (${base.p99s.map(ms).join(' - ')}): ${(mine.p99 / base.p99).toFixed(2)}`,
    met: mine.p99 <= base.p99 / 2,
  }
}

function table(title, rows) {
  const times = ['mean', 'p50', 'p95', 'p99', 'p999', 'healthyP99']
  return {
    title,
    about: `${INSTANCES} instances at ${scene.load * 100} % of their capacity, one of them ${SLOWER} times slower; medians of ${SEEDS} seeds.`,
    head: [
      'strategy',
      'mean',
      'p50',
      'p95',
      'p99',
      'p99.9',
      'p99 elsewhere',
      'to the slow one',
      'most in flight there',
      'most in flight elsewhere',
    ],
    lines: rows.map((row) => [
      row.name,
      ...times.map((key) => ms(row[key])),
      `${(row.slowShare * 100).toFixed(2)} %`,
      `${row.worstSlow}`,
      `${row.worst}`,
    ]),
  }
}

const named = (workers) => (workers === 1 ? '1 worker' : `${workers} workers`)
const ms = (number) => (number < 1000 ? `${number.toFixed(1)} ms` : `${(number / 1000).toFixed(1)} s`)
