import type { EndpointStanding, LiveEndpoint, Pool, ServiceStanding } from '../balancing/index.ts'

/** How the endpoints of one pool stand, with what each was picked since it was asked last. */
export class Standing {
  readonly #told = new WeakMap<LiveEndpoint, number>()

  of(pool: Pool, nowMs: number): readonly EndpointStanding[] {
    return Array.from(pool.endpoints, (endpoint) => this.#one(endpoint, pool, nowMs))
  }

  #one(endpoint: LiveEndpoint, pool: Pool, nowMs: number): EndpointStanding {
    const { instance, picks, inFlight, latencyMs, ejectedUntilMs } = endpoint
    const before = this.#told.get(endpoint) ?? 0
    this.#told.set(endpoint, picks)
    const why = pool.why(endpoint)
    return {
      id: instance.id,
      picks: picks - before,
      inFlight,
      latencyMs,
      ...(why && { why }),
      ...(ejectedUntilMs > 0 && { ejectedForMs: Math.max(0, ejectedUntilMs - nowMs) }),
    }
  }
}

/** Whether nothing is to be told of the service until it is used again; as one without instances, which may be gone for good. */
export function atRest({ inFlight, pending, panic, breaker, endpoints }: ServiceStanding): boolean {
  if (inFlight > 0 || pending > 0 || panic) return false
  if (endpoints.length > 0 && breaker !== null && breaker !== 'closed') return false
  return endpoints.every(
    ({ picks, ejectedForMs, why }) => picks === 0 && ejectedForMs === undefined && why !== 'let go',
  )
}
