import { contenders } from '../contenders.mjs'
import { simulate } from '../simulate.mjs'

const INSTANCES = 100
const MEAN_MS = 10
const FAILING = 37
const FASTER = 10
const scene = {
  meansMs: Array.from({ length: INSTANCES }, (_, at) => (at === FAILING ? MEAN_MS / FASTER : MEAN_MS)),
  failing: FAILING,
  load: 0.7,
  warmupMs: 0,
  seconds: 10,
  clients: 20_000,
  skew: 0,
}
/** The gateway's defaults. */
const passive = {
  consecutiveFailures: 5,
  successRate: null,
  windowMs: 10_000,
  minRequests: 20,
  ejectForMs: 30_000,
  maxEjectForMs: 300_000,
  maxEjected: 0.5,
}
const COLUMNS = [
  { workers: 1, passive: undefined },
  { workers: 1, passive },
  { workers: 8, passive: undefined },
  { workers: 8, passive },
]

/** One instance fails everything from the beginning, and ten times faster than the others serve: it looks the best. */
export async function ejection({ say, seed }) {
  const lines = contenders.map((strategy) => {
    const shares = COLUMNS.map((column) => {
      if (column.workers < strategy.fromWorkers) return '-'
      const { places } = simulate({ ...scene, ...column, strategy, seed })
      const failures = places.filter((at) => at === FAILING).length
      return `${failures} (${((failures / places.length) * 100).toFixed(3)} %)`
    })
    say(`${strategy.type}: ${shares.join(', ')} failed`)
    return [strategy.type, ...shares]
  })
  return {
    tables: [
      {
        title: 'Failed requests, one instance failing all it gets, and fast',
        about: `${INSTANCES} instances, without retries, over the first ${scene.seconds} s; by passive ejection with its defaults.`,
        head: [
          'strategy',
          ...COLUMNS.map(({ workers, passive }) => `${named(workers)}, ${passive ? 'ejected' : 'not ejected'}`),
        ],
        lines,
      },
    ],
  }
}

const named = (workers) => (workers === 1 ? '1 worker' : `${workers} workers`)
