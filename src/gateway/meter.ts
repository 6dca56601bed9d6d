import type { ServiceStanding } from '../balancing/index.ts'
import type { ProblemCode } from '../errors.ts'
import type { RefusalReason } from '../front/index.ts'
import type { Exchange, MeterEvent } from '../proxy/index.ts'
import type { Result } from './access-log.ts'
import type { Shortage } from './shedding/index.ts'

/** Upper bounds of the latency histogram, in seconds; what is slower falls into the last, unbounded bucket. */
export const LATENCY_BOUNDS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

/** What happened since the last reading. Survives JSON. */
export interface Reading {
  readonly requests: readonly (readonly [service: string, instance: string, status: number, count: number])[]
  readonly problems: readonly (readonly [code: ProblemCode, count: number])[]
  /** Requests that were refused because the process had too much to do. */
  readonly shed: readonly (readonly [shortage: Shortage, count: number])[]
  /** Counts per bucket, one more than there are bounds, and the sum in seconds. */
  readonly latency: readonly (readonly [service: string, buckets: readonly number[], sumSeconds: number])[]
  readonly events: readonly (readonly [event: MeterEvent, service: string, detail: string, count: number])[]
  /** How the services are now that are in use, or not as they are at rest. */
  readonly standings: readonly ServiceStanding[]
  /** Of clients: those that are open now, and those that were not let in. */
  readonly connections: {
    readonly open: number
    readonly refused: readonly (readonly [reason: RefusalReason, count: number])[]
  }
}

/** Who is asked, once for each reading, how things are now. */
export interface MeterSources {
  standings(): readonly ServiceStanding[]
  /** Connections of clients. */
  connections(): number
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
  #events = new Map<MeterEvent, Map<string, Map<string, number>>>()
  #refused = new Map<RefusalReason, number>()
  #shed = new Map<Shortage, number>()
  readonly #sources: MeterSources

  constructor(sources: MeterSources = { standings: () => [], connections: () => 0 }) {
    this.#sources = sources
  }

  record(exchange: Exchange, { status }: Result): void {
    const service = knownService(exchange)
    const instance = exchange.endpoint?.instance.id ?? ''
    const statuses = within(within(this.#requests, service), instance)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    if (exchange.code) this.#problems.set(exchange.code, (this.#problems.get(exchange.code) ?? 0) + 1)
    if (exchange.upstreamMs !== undefined) this.#observe(service, exchange.upstreamMs / 1000)
  }

  /** `service` must be one that the registry knows: it becomes a label. */
  count(event: MeterEvent, service: string, detail: string): void {
    const details = within(within(this.#events, event), service)
    details.set(detail, (details.get(detail) ?? 0) + 1)
  }

  /** A request was not let in. */
  shed(shortage: Shortage): void {
    this.#shed.set(shortage, (this.#shed.get(shortage) ?? 0) + 1)
  }

  /** A connection was not let in. */
  refuse(reason: RefusalReason): void {
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1)
  }

  /** Hands out what was counted and starts anew. */
  take(): Reading {
    const requests = flat(this.#requests)
    const events = flat(this.#events)
    const latency = [...this.#latency].map(
      ([service, { buckets, sumSeconds }]) => [service, [...buckets], sumSeconds] as const,
    )
    const standings = this.#sources.standings()
    const connections = { open: this.#sources.connections(), refused: [...this.#refused] }
    const [problems, shed] = [[...this.#problems], [...this.#shed]]
    const reading = { requests, problems, shed, latency, events, standings, connections }
    this.#requests = new Map()
    this.#problems = new Map()
    this.#latency = new Map()
    this.#events = new Map()
    this.#refused = new Map()
    this.#shed = new Map()
    return reading
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

function within<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  let map = maps.get(key)
  if (!map) {
    map = new Map()
    maps.set(key, map)
  }
  return map
}

const flat = <A, B, C>(counts: ReadonlyMap<A, ReadonlyMap<B, ReadonlyMap<C, number>>>) =>
  [...counts].flatMap(([a, inner]) =>
    [...inner].flatMap(([b, innermost]) => [...innermost].map(([c, count]) => [a, b, c, count] as const)),
  )

/** What is said only of services that the registry knows. */
const OF_A_KNOWN_SERVICE: ReadonlySet<ProblemCode | undefined> = new Set([
  'GW_NO_ENDPOINT',
  'GW_OVERLOADED',
  'GW_CIRCUIT_OPEN',
])

/** A caller can ask for any name; only those that the registry knows become a label. */
function knownService({ service, endpoint, code }: Exchange): string {
  return endpoint || OF_A_KNOWN_SERVICE.has(code) ? service : ''
}
