import type { ProblemCode } from '../errors.ts'
import type { Exchange } from '../proxy/index.ts'
import type { Result } from './access-log.ts'

/** Upper bounds of the latency histogram, in seconds; what is slower falls into the last, unbounded bucket. */
export const LATENCY_BOUNDS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

/** What happened since the last reading. Survives JSON. */
export interface Reading {
  readonly requests: readonly (readonly [service: string, instance: string, status: number, count: number])[]
  readonly problems: readonly (readonly [code: ProblemCode, count: number])[]
  /** Counts per bucket, one more than there are bounds, and the sum in seconds. */
  readonly latency: readonly (readonly [service: string, buckets: readonly number[], sumSeconds: number])[]
}

interface Latency {
  readonly buckets: Float64Array
  sumSeconds: number
}

/** Counts on the hot path: plain numbers in plain maps, read and reset once a second. */
export class Meter {
  #requests = new Map<string, Map<string, Map<number, number>>>()
  #problems = new Map<ProblemCode, number>()
  #latency = new Map<string, Latency>()

  record(exchange: Exchange, { status }: Result): void {
    const service = knownService(exchange)
    const instance = exchange.endpoint?.instance.id ?? ''
    const statuses = this.#statuses(service, instance)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    if (exchange.code) this.#problems.set(exchange.code, (this.#problems.get(exchange.code) ?? 0) + 1)
    if (exchange.upstreamMs !== undefined) this.#observe(service, exchange.upstreamMs / 1000)
  }

  /** Hands out what was counted and starts anew. */
  take(): Reading {
    const requests = [...this.#requests].flatMap(([service, instances]) =>
      [...instances].flatMap(([instance, statuses]) =>
        [...statuses].map(([status, count]) => [service, instance, status, count] as const),
      ),
    )
    const latency = [...this.#latency].map(
      ([service, { buckets, sumSeconds }]) => [service, [...buckets], sumSeconds] as const,
    )
    const reading = { requests, problems: [...this.#problems], latency }
    this.#requests = new Map()
    this.#problems = new Map()
    this.#latency = new Map()
    return reading
  }

  #statuses(service: string, instance: string): Map<number, number> {
    let instances = this.#requests.get(service)
    if (!instances) {
      instances = new Map()
      this.#requests.set(service, instances)
    }
    let statuses = instances.get(instance)
    if (!statuses) {
      statuses = new Map()
      instances.set(instance, statuses)
    }
    return statuses
  }

  #observe(service: string, seconds: number): void {
    let latency = this.#latency.get(service)
    if (!latency) {
      latency = { buckets: new Float64Array(LATENCY_BOUNDS_SECONDS.length + 1), sumSeconds: 0 }
      this.#latency.set(service, latency)
    }
    let bucket = 0
    while (bucket < LATENCY_BOUNDS_SECONDS.length && seconds > LATENCY_BOUNDS_SECONDS[bucket]!) bucket++
    latency.buckets[bucket]!++
    latency.sumSeconds += seconds
  }
}

/** A caller can ask for any name; only those that the registry knows become a label. */
function knownService({ service, endpoint, code }: Exchange): string {
  return endpoint || code === 'GW_NO_ENDPOINT' ? service : ''
}
