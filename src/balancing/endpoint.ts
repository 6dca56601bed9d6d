import type { Endpoint, Instance } from '../plugin/index.ts'

const LATENCY_DECAY_MS = 10_000

/** The counters that one worker keeps of one instance. They outlive registry changes: `instance` is replaced, the rest stays. */
export class LiveEndpoint implements Endpoint {
  instance: Instance
  weight: number
  inFlight = 0
  latencyMs = 0
  /** The registry no longer names it: the first failed connection is its end. */
  held = false
  /** It was only held and could not be connected to: not picked any more, until the registry names it again. */
  letGo = false
  /** When it was last told of as unreachable. */
  toldMs = Number.NEGATIVE_INFINITY
  #observedAt = 0

  constructor(instance: Instance) {
    this.instance = instance
    this.weight = instance.weight
  }

  become(instance: Instance): void {
    this.instance = instance
    this.weight = instance.weight
  }

  /** Takes in one time to the response head: an exponential mean over time, so that a rare sample counts for more. */
  observe(latencyMs: number, nowMs: number): void {
    const kept = this.#observedAt === 0 ? 0 : Math.exp((this.#observedAt - nowMs) / LATENCY_DECAY_MS)
    this.latencyMs = this.latencyMs * kept + latencyMs * (1 - kept)
    this.#observedAt = nowMs
  }
}
