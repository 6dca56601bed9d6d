import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { WireClient } from './client.ts'
import type { WireUpstream } from './upstream.ts'

/**
 * The wire tests: cases that know nothing of the gateway under test but its ports, and that read strictly what it writes,
 * to the client and to the upstream.
 *
 * How to add cases: put them into `cases/<subject>.ts`, which exports `cases: readonly Case[]`, and hand those to `wireTests` in
 * the test file of their group, beside this folder: each such file starts two gateways. `npm run test:wire` finds them by itself.
 *
 * - A case is named by a law in the present tense; `rule` is its number in the list of docs/conformance.md.
 * - Each case has a service and an upstream of its own, and runs at the same time as others, unless it is `alone`.
 * - It throws when the gateway breaks the law. `node:assert/strict` is at hand, `expect` of vitest is not.
 * - It must not pass without a sign of life: look at what came upstream *and* at how the client was answered.
 * - Without a word of the case, what the gateway writes upstream must be well-formed: see `Case.malformed`.
 * - Where the RFCs allow two outcomes the case takes both, and says so.
 * @module
 */
export interface Case {
  readonly rule: number
  readonly level: 'must' | 'should'
  /** A sentence in the present that names the law. Unique among those of the rule. */
  readonly name: string
  readonly run: (wire: Wire) => Promise<void>
  /** Doors other than `plain` that it enters by. */
  readonly needs?: readonly Door[]
  /** How many instances the service has; 1. */
  readonly instances?: number
  /** The instances speak TLS; `untrusted`: with a certificate that nobody vouches for; `misnamed`: with another's. */
  readonly tlsUpstream?: 'trusted' | 'untrusted' | 'misnamed'
  /** The service may have only so many requests at once as `KNOBS.narrow` says. */
  readonly narrow?: boolean
  /** Nothing else runs while it does. */
  readonly alone?: boolean
  /** The case itself judges what the gateway writes upstream, also when it is no HTTP. */
  readonly malformed?: boolean
  /** At most this long; 15 s. */
  readonly patienceMs?: number
}

/**
 * Ways in. `tls`: HTTP/1.1 and HTTP/2 by ALPN. `mtls`: asks for client certificates. `h2c`: HTTP/2 by prior knowledge.
 * `proxy`: a PROXY header comes first. `crowded`: a client address may have few connections.
 */
export type Door = 'plain' | 'tls' | 'mtls' | 'h2c' | 'proxy' | 'crowded'

/** How the gateways are set up, all alike. */
export const KNOBS = {
  /** Client: until the whole head has come. */
  headerTimeoutMs: 2000,
  /** Client: request body without a byte. */
  bodyTimeoutMs: 2000,
  /** Client: takes nothing. */
  writeTimeoutMs: 2000,
  keepAliveTimeoutMs: 10_000,
  /** Upstream: until connected. */
  connectTimeoutMs: 2000,
  /** Upstream: until the response head, and then without a byte of the body. */
  responseTimeoutMs: 2000,
  /** Tunnels: without a byte either way. */
  tunnelTimeoutMs: 2000,
  /** Request heads. */
  headerBytes: 32 * 1024,
  clientHeader: 'x-client-subject',
  /** At the door `crowded`; each worker may count for itself. */
  connectionsPerAddress: 4,
  /** Of a service that is `narrow`: requests under way, and how many may wait for how long; each worker may count for itself. */
  narrow: { inFlight: 2, pending: 2, pendingTimeoutMs: 3000 },
} as const

export interface Wire {
  /** What is under test: for messages, never to expect something else of it. */
  readonly gateway: string
  /** Its processes: the one that was started, and its children. */
  pids(): Promise<readonly number[]>
  port(door?: Door): number
  /** `path('/x?y')` is forwarded as `/x?y`. */
  path(rest: string): string
  /** The only upstream, or the first. */
  readonly upstream: WireUpstream
  readonly upstreams: readonly WireUpstream[]
  connect(): Promise<WireClient>
  /** A client by TLS: the certificate authority of the test is trusted. */
  connectTls(options?: ConnectionOptions, door?: 'tls' | 'mtls'): Promise<WireClient>
  /** A bare socket, for those who bring a protocol of their own. Gone with the case. */
  socket(door?: Door): Promise<Socket>
  /** PEM files. */
  readonly certificates: WireCertificates
}

export interface WireCertificates {
  readonly ca: string
  readonly server: { readonly cert: string; readonly key: string; readonly both: string }
  readonly client: { readonly cert: string; readonly key: string }
}

/** What a gateway forwards to: `/services/<name>/<rest>` as `/<rest>`. */
export interface Service {
  readonly name: string
  readonly ports: readonly number[]
  readonly tls: boolean
  readonly narrow: boolean
}

/** A gateway that runs. */
export interface Running {
  readonly name: string
  readonly version: string
  port(door: Door): number
  pids(): Promise<readonly number[]>
  /** The end of what it has said. */
  said(): string
  stop(): Promise<void>
}

export interface Start {
  readonly services: readonly Service[]
  readonly doors: ReadonlySet<Door>
  readonly certificates: WireCertificates
}
