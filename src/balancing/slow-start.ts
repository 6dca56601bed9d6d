import type { LiveEndpoint } from './endpoint.ts'
import { isCandidate } from './why.ts'

const LEAST = 0.1
const STEPS = 20

/** The part of its weight that an instance of this age gets: Envoy's slow start with aggression 1, in steps of 5 %. */
export function warmth(ageMs: number, windowMs: number): number {
  if (ageMs >= windowMs) return 1
  return Math.max(LEAST, Math.floor((ageMs / windowMs) * STEPS) / STEPS)
}

/** How long until `warmth` is another. */
function nextStepInMs(ageMs: number, windowMs: number): number {
  if (ageMs >= windowMs) return Number.POSITIVE_INFINITY
  const step = Math.max(Math.floor((ageMs / windowMs) * STEPS), LEAST * STEPS) + 1
  return (step / STEPS) * windowMs - ageMs
}

/**
 * Since its registration, not since this gateway began to look: a restart of the gateway leaves the weights as they are.
 * A registration in the future, by a clock that is ahead, is as old as it has been known here; one without a time is old.
 */
export function ageMs({ instance, seenMs }: LiveEndpoint, nowMs: number, wallMs: number): number {
  if (instance.registeredAt === undefined) return Number.POSITIVE_INFINITY
  return Math.max(wallMs - instance.registeredAt, nowMs - seenMs)
}

export interface Warming {
  /** Whether a weight is another than before. */
  readonly changed: boolean
  /** When to look again. */
  readonly dueMs: number
}

/** Of a service without slow start. */
export const NOTHING_WARMS: Warming = { changed: false, dueMs: Number.POSITIVE_INFINITY }

/** Writes the weights of `endpoints` for this moment. When all candidates are new, none is spared: somebody has to do the work. */
export function warm(endpoints: readonly LiveEndpoint[], windowMs: number, nowMs: number, wallMs: number): Warming {
  const ages = endpoints.map((endpoint) => ageMs(endpoint, nowMs, wallMs))
  const anyWarm = endpoints.some((endpoint, at) => isCandidate(endpoint) && ages[at]! >= windowMs)
  let changed = false
  let dueMs = Number.POSITIVE_INFINITY
  for (const [at, endpoint] of endpoints.entries()) {
    const age = ages[at]!
    const weight = endpoint.instance.weight * (anyWarm ? warmth(age, windowMs) : 1)
    changed ||= weight !== endpoint.weight
    endpoint.weight = weight
    dueMs = Math.min(dueMs, nowMs + nextStepInMs(age, windowMs))
  }
  return { changed, dueMs }
}
