import type { PickContext } from '../plugin/index.ts'
import type { LiveEndpoint } from './endpoint.ts'
import type { Why } from './why.ts'

export interface PoolOptions {
  /** Uniform in [0, 1). */
  random(): number
  /** Monotonic milliseconds. */
  now(): number
  /** Epoch milliseconds: registrations are dated by it. */
  wallMs(): number
  /** With a smaller part of the endpoints healthy, and no other tier to take the load, health is ignored. */
  readonly panicBelow: number
  /** How long after its registration an instance grows into its weight; 0: at once. */
  readonly slowStartMs: number
  /** Whether verdicts of active probes will come, so that newcomers wait for theirs. */
  readonly probed: boolean
}

/** Called when health begins or ceases to be ignored for a service. */
export type OnPanic = (service: string, panic: boolean) => void

/** What a pick is made from: the pool says how much is in flight. */
export type LeaseContext = PickContext & { inFlight: number }

/** The session of the request, the end of an endpoint's ejection, or the strategy. */
export type ChosenBy = 'session' | 'trial' | 'strategy'

/** An endpoint as it stands with the pool, for people. */
export interface Candidate {
  readonly endpoint: LiveEndpoint
  /** undefined: it is offered. */
  readonly why: Why | undefined
  /** Its priority. */
  readonly tier: number
  /** The part of the service's requests that its tier takes. */
  readonly share: number
  /** Slow start is in it. */
  readonly weight: number
}
