import type { Endpoint, Instance } from '../plugin/index.ts'

const LATENCY_DECAY_MS = 10_000
/** Times are kept in whole milliseconds from here on: such numbers take no memory of their own. */
const LONG_AGO_MS = -1e9

/** The counters that one worker keeps of one instance. They outlive registry changes: `instance` is replaced, the rest stays. */
export class LiveEndpoint implements Endpoint {
  instance: Instance
  /** The instance's, or less of it while it starts slowly. */
  weight: number
  inFlight = 0
  latencyMs = 0
  /** Leases ever. */
  picks = 0
  /** What active probes say. `unknown`: a newcomer that waits for its first verdict. `none`: there was none, and it waits for none. */
  probe: 'none' | 'unknown' | 'up' | 'down' = 'none'
  /** 0: not ejected. Once the time has come it takes a trial to be readmitted. */
  ejectedUntilMs = 0
  /** Its ejection is over, and one request may find out whether it works again. */
  trial: 'none' | 'due' | 'running' = 'none'
  /** Whether the pool offers it to its strategy just now. */
  offered = false
  /** The registry no longer names it: the first failed connection is its end. */
  held = false
  /** It was only held and could not be connected to: not picked any more, until the registry names it again. */
  letGo = false
  /** When this worker first saw this registration. */
  seenMs: number
  #observedMs = LONG_AGO_MS

  constructor(instance: Instance, seenMs = 0) {
    this.instance = instance
    this.weight = instance.weight
    this.seenMs = Math.floor(seenMs)
  }

  /** `priority` of the instance's metadata, a whole number; the lower ones are asked first. */
  get priority(): number {
    const { priority } = this.instance.metadata
    return priority !== undefined && /^-?\d{1,9}$/.test(priority) ? Number(priority) : 0
  }

  /** Takes over what the registry says now. A new registration is a new process: what the old one did does not count against it. */
  become(instance: Instance, nowMs: number): void {
    if (instance.registeredAt !== this.instance.registeredAt) {
      this.seenMs = Math.floor(nowMs)
      this.ejectedUntilMs = 0
      this.trial = 'none'
      if (this.probe !== 'none') this.probe = 'unknown'
    }
    this.instance = instance
    this.weight = instance.weight
  }

  /** Takes in one time to the response head: an exponential mean over time, so that a rare sample counts for more. */
  observe(latencyMs: number, nowMs: number): void {
    const kept = Math.exp((this.#observedMs - nowMs) / LATENCY_DECAY_MS)
    this.latencyMs = this.latencyMs * kept + latencyMs * (1 - kept)
    this.#observedMs = Math.floor(nowMs)
  }
}
