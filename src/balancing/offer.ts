import type { LiveEndpoint } from './endpoint.ts'
import { spread } from './tiers.ts'
import { isCandidate, isHealthy } from './why.ts'

/** The endpoints of one priority. */
export interface Tier {
  readonly priority: number
  /** What a strategy chooses from: the healthy ones, or, in panic, all. Never changed in place. */
  readonly endpoints: readonly LiveEndpoint[]
  /** Of the service's requests. 0: only for those that have tried all the others. */
  readonly share: number
  readonly panic: boolean
}

/** Whom a service's requests may go to, until something changes. */
export interface Offer {
  /** Best priority first. */
  readonly tiers: readonly Tier[]
  /** All that may be offered at the worst: up, and not let go. */
  readonly candidates: readonly LiveEndpoint[]
  readonly healthy: number
  /** Of the candidates; those on trial among them, but in spare tiers, where nobody comes for a trial. */
  readonly ejected: number
  /** Whether a tier that takes load ignores health. */
  readonly panic: boolean
}

/**
 * Decides who is offered. Newcomers that wait for their first probe are neither counted nor offered.
 *
 * @param before lists of it that have the same members are used again, since strategies work things out per list
 */
export function offerOf(endpoints: readonly LiveEndpoint[], panicBelow: number, before?: Offer): Offer {
  const candidates = endpoints.filter(isCandidate)
  const groups = byPriority(candidates.filter(({ probe }) => probe !== 'unknown'))
  const healthy = groups.map(([, group]) => group.filter(isHealthy))
  const loads = spread(
    groups.map(([, group], at) => ({ healthy: healthy[at]!.length, all: group.length })),
    panicBelow,
  )
  const tiers = groups.map(([priority, group], at): Tier => {
    const { share, panic } = loads[at]!
    const offered = panic ? group : healthy[at]!
    const known = before?.tiers.find((tier) => tier.priority === priority)?.endpoints
    return { priority, endpoints: known && same(known, offered) ? known : offered, share, panic }
  })
  const worst = worstPriority(tiers)
  return {
    tiers,
    candidates,
    healthy: healthy.reduce((count, { length }) => count + length, 0),
    ejected: candidates.filter(
      ({ ejectedUntilMs, trial, priority }) => ejectedUntilMs > 0 && (trial === 'none' || priority <= worst),
    ).length,
    panic: tiers.some(({ panic, share }) => panic && share > 0),
  }
}

/** Writes down in each of the endpoints whether it is offered. */
export function mark(endpoints: readonly LiveEndpoint[], { tiers }: Offer): void {
  for (const endpoint of endpoints) endpoint.offered = false
  for (const { share, endpoints } of tiers) if (share > 0) for (const endpoint of endpoints) endpoint.offered = true
}

/**
 * When nobody else is healthy, newcomers wait for no probe any more. They do not go back to waiting either: the first one
 * that is probed would get the load of all.
 */
export function needNewcomers(endpoints: readonly LiveEndpoint[]): void {
  if (endpoints.some(isHealthy)) return
  for (const endpoint of endpoints) if (endpoint.probe === 'unknown') endpoint.probe = 'none'
}

/** Of the tiers that take load: those beyond it are spare. */
export function worstPriority(tiers: readonly Tier[]): number {
  return tiers.findLast(({ share }) => share > 0)?.priority ?? 0
}

function byPriority(endpoints: readonly LiveEndpoint[]): [priority: number, group: LiveEndpoint[]][] {
  const groups = new Map<number, LiveEndpoint[]>()
  for (const endpoint of endpoints) {
    const group = groups.get(endpoint.priority)
    if (group) group.push(endpoint)
    else groups.set(endpoint.priority, [endpoint])
  }
  return [...groups].sort(([a], [b]) => a - b)
}

function same(a: readonly LiveEndpoint[], b: readonly LiveEndpoint[]): boolean {
  return a.length === b.length && a.every((endpoint, at) => endpoint === b[at])
}
