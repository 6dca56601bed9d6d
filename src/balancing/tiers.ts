/** A tier with fewer healthy endpoints than 1 in this many still takes all of its load: Envoy's overprovisioning factor. */
const OVERPROVISIONING = 1.4

/** How many of a tier's endpoints are healthy. `all` is at least 1. */
export interface TierHealth {
  readonly healthy: number
  readonly all: number
}

export interface TierLoad {
  /** Of the service's requests. */
  readonly share: number
  /** Health is ignored: what is left of the tier could not take the load. */
  readonly panic: boolean
}

/**
 * Spreads the load over the tiers, best first: each takes what its healthy endpoints can, the rest spills into the next.
 * When all together cannot take it, tiers with less than `panicBelow` of their endpoints healthy use them all. When nobody
 * is healthy at all, every endpoint gets an even part.
 *
 * Envoy's: https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/panic_threshold
 */
export function spread(tiers: readonly TierHealth[], panicBelow: number): readonly TierLoad[] {
  const available = tiers.map(({ healthy, all }) => Math.min(1, (OVERPROVISIONING * healthy) / all))
  const total = Math.min(1, sum(available))
  if (total === 0) {
    const endpoints = sum(tiers.map(({ all }) => all))
    return tiers.map(({ all }) => ({ share: all / endpoints, panic: true }))
  }
  let left = 1
  return tiers.map(({ healthy, all }, at) => {
    const share = Math.min(left, available[at]! / total)
    left -= share
    return { share, panic: total < 1 && healthy / all < panicBelow }
  })
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)
