import { expect } from 'vitest'
import type { PassiveConfig } from '../../src/config/types.ts'
import { Outliers } from '../../src/health/index.ts'
import { pooling, ports } from '../balancing/pooling.ts'
import { pickContext, pluginContext } from '../contract/index.ts'

export const BASE_MS = 30_000
const MOST_MS = 300_000

/** Five instances, and the defaults of the configuration, without jitter. */
export function judging(settings: Partial<PassiveConfig> = {}, random = () => 0) {
  const made = pooling({ probed: true })
  const { pool, get, advance } = made
  pool.update(ports(1, 2, 3, 4, 5))
  advance(1000)
  const { log, entries } = pluginContext()
  const events: string[] = []
  const outliers = new Outliers(
    {
      consecutiveFailures: 5,
      successRate: null,
      windowMs: 10_000,
      minRequests: 20,
      ejectForMs: BASE_MS,
      maxEjectForMs: MOST_MS,
      maxEjected: 0.5,
      ...settings,
    },
    {
      random,
      log,
      ejected: (_, { instance }, reason) => events.push(`${instance.port} ${reason}`),
      readmitted: (_, { instance }) => events.push(`${instance.port} readmitted`),
    },
  )
  const outcomes =
    (outcome: 'ok' | 'failed') =>
    (port: number, times = 1) => {
      for (let time = 0; time < times; time++) outliers.record(pool, get(port), outcome, made.now())
    }
  const ok = outcomes('ok')
  const fail = outcomes('failed')
  /** How long the endpoint is still left out. */
  const leftMs = (port: number) => Math.max(0, get(port).ejectedUntilMs - made.now())
  /** Lets its time pass, and gives it its trial. */
  const trial = (port: number) => {
    advance(leftMs(port))
    expect(pool.lease(pickContext(), [])).toMatchObject({ trial: true, endpoint: get(port) })
  }
  return { ...made, outliers, log: entries, events, ok, fail, leftMs, trial }
}
