import type { z } from 'zod'
import { presets, type trafficOverrides, type trafficSchema } from './schema-traffic.ts'
import type { TrafficConfig } from './types.ts'

type Whole = { [Key in keyof typeof trafficSchema]: z.output<(typeof trafficSchema)[Key]> }
type Overrides = { [Key in keyof typeof trafficOverrides]?: z.output<(typeof trafficOverrides)[Key]> }
type Fields = Readonly<Record<string, unknown>>

/** What holds for a service: its own settings over those of the file, key by key. */
export function trafficOf(file: Whole, { retry, health, limits, breaker }: Overrides = {}): TrafficConfig {
  const own = given({ retry, health, limits, breaker })
  const written = layered({ retry: file.retry, health: file.health, limits: file.limits, breaker: file.breaker }, own)
  return inUnits(written as Whole)
}

function inUnits({ retry, health, limits, breaker }: Whole): TrafficConfig {
  const { passive, active } = health
  return {
    retry: {
      attempts: retry.attempts,
      on: retry.on,
      timeoutMs: retry.timeout,
      backoff: { baseMs: retry.backoff.base, mostMs: retry.backoff.most },
      budget: retry.budget,
      hedge: retry.hedge && { quantile: retry.hedge.quantile, leastMs: retry.hedge.least },
    },
    health: {
      passive: passive && {
        consecutiveFailures: passive.consecutiveFailures,
        successRate: passive.successRate,
        windowMs: passive.window,
        minRequests: passive.minRequests,
        ejectForMs: passive.ejectFor,
        maxEjectForMs: passive.maxEjectFor,
        maxEjected: passive.maxEjected,
      },
      active: active && {
        type: active.type,
        path: active.path,
        expect: active.expect,
        body: active.body,
        host: active.host,
        intervalMs: active.interval,
        fastIntervalMs: active.fastInterval,
        jitter: active.jitter,
        timeoutMs: active.timeout,
        rise: active.rise,
        fall: active.fall,
      },
      panicBelow: health.panicBelow,
      slowStartMs: health.slowStart,
    },
    limits: {
      inFlight: limits.inFlight,
      pending: limits.pending,
      pendingTimeoutMs: limits.pendingTimeout,
      adaptive: limits.adaptive,
    },
    breaker: breaker && {
      failureRate: breaker.failureRate,
      windowMs: breaker.window,
      minRequests: breaker.minRequests,
      openForMs: breaker.openFor,
    },
  }
}

/** `over` wins, mapping by mapping; one that the file has switched off begins with its defaults. */
function layered(under: Fields, over: Fields): Fields {
  const merged: Record<string, unknown> = { ...under }
  for (const [key, value] of Object.entries(over)) {
    const base = under[key] ?? (presets as Fields)[key]
    merged[key] = isMapping(value) && isMapping(base) ? layered(base, given(value)) : value
  }
  return merged
}

const given = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

const isMapping = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
