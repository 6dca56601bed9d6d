import type { ServerConfig } from './types-server.ts'

export type * from './types-server.ts'

/** A plugin by name, with options that have passed its schema. */
export interface PluginRef {
  readonly type: string
  readonly options: unknown
}

/** One registry, in the order in which they are merged. */
export interface RegistryConfig extends PluginRef {
  /** Unique. */
  readonly name: string
  /** `union`: its instances beside those of the registries before it; `first`: only for services for which those have nobody. */
  readonly merge: 'union' | 'first'
  /** Whether the last instance of a service that leaves is kept until it fails. */
  readonly onEmpty: 'hold' | 'clear'
  /** How long a service must be quiet before what it has lost in doubt is let go; 0 holds nothing; null is up to the adapter. */
  readonly settleMs: number | null
  /** Absolute path; null for none. */
  readonly snapshot: string | null
}

/** What one YAML file says, checked, with every default filled in and every duration in milliseconds. Frozen, all the way down. */
export interface GatewayConfig extends TrafficConfig {
  /** Absolute path of the file; relative paths in it start in its folder. */
  readonly file: string
  /** npm names or absolute paths of the modules that bring plugins. */
  readonly plugins: readonly string[]
  readonly server: ServerConfig
  /** At least one. */
  readonly registry: readonly RegistryConfig[]
  /** Tried in this order. */
  readonly routing: readonly RoutingConfig[]
  readonly expose: { readonly allow: readonly string[]; readonly deny: readonly string[] }
  readonly balancing: PluginRef
  readonly upstream: UpstreamConfig
  readonly middleware: readonly PluginRef[]
  readonly services: ReadonlyMap<string, ServiceConfig>
  readonly admin: AdminConfig
  readonly log: LogConfig
}

export type RoutingConfig = HeadersRoutingConfig | PathRoutingConfig | TableRoutingConfig

export interface HeadersRoutingConfig {
  readonly mode: 'headers'
  /** Header names in lower case. */
  readonly service: string
  readonly api: string
}

export interface PathRoutingConfig {
  readonly mode: 'path'
  /** Starts with `/`, does not end with one; empty for no prefix. */
  readonly prefix: string
}

export interface TableRoutingConfig {
  readonly mode: 'table'
  readonly routes: readonly TableRouteConfig[]
}

export interface TableRouteConfig {
  readonly match: {
    /** `/exact`, or `/prefix/*` for the prefix and all below it. */
    readonly path?: string
    /** `shop.example.com`, or `*.example.com`. */
    readonly host?: string
    readonly methods?: readonly string[]
    /** Lower-case name -> the exact value, or `*` for any. */
    readonly headers?: Readonly<Record<string, string>>
  }
  /** One or more; weights are shares of the requests. `service: x` has become one entry of weight 1. */
  readonly split: readonly { readonly service: string; readonly weight: number }[]
  readonly stripPrefix?: string
  /** Replaces the path; a trailing `*` takes what the `*` of `match.path` matched. */
  readonly rewrite?: string
  readonly middleware: readonly PluginRef[]
}

export interface UpstreamConfig {
  /** `auto`: what the metadata of an instance say, else HTTP/1.1. */
  readonly protocol: 'auto' | 'http1' | 'http2'
  readonly connectTimeoutMs: number
  /** From the request being sent to the response head. */
  readonly responseTimeoutMs: number
  /** Without a byte of a response body that the client waits for. */
  readonly stallTimeoutMs: number
  /** Without a byte through a tunnel, either way. */
  readonly tunnelTimeoutMs: number
  /** How long an unused connection is kept; keep it below the service's own keep-alive time. */
  readonly idleTimeoutMs: number
  /** At most this many connections per instance and worker. */
  readonly connections: number
  /** Whether a prefix that was stripped from the path is put back into `Location` and the path of cookies. */
  readonly restorePrefix: boolean
  readonly tls: UpstreamTlsConfig
}

/** To instances that are called by TLS. */
export interface UpstreamTlsConfig {
  /** Absolute path of a PEM file, here and below. null: the well-known authorities. */
  readonly ca: string | null
  /** That the certificate must bear. null: the host of the instance. */
  readonly serverName: string | null
  /** What the gateway shows; null, both: nothing. */
  readonly cert: string | null
  readonly key: string | null
  readonly verify: boolean
}

export interface RetryConfig {
  /** Tries in all, the first included. */
  readonly attempts: number
  /** What is tried again besides a failed or broken connection: for idempotent requests without a body. */
  readonly on: readonly ('timeout' | number)[]
  /** Over all tries, up to the response head; null: as long as they take. */
  readonly timeoutMs: number | null
  /** Before a try that follows a timeout or a status. */
  readonly backoff: { readonly baseMs: number; readonly mostMs: number }
  /** null: no bound but `attempts`. */
  readonly budget: BudgetConfig | null
  /** null: no second request while the first one runs. */
  readonly hedge: HedgeConfig | null
}

export interface BudgetConfig {
  /** Of the requests; 0.2 is one retry for five. */
  readonly share: number
  /** Retries per second that are always allowed, in the whole gateway. */
  readonly floor: number
}

export interface HedgeConfig {
  /** Of the time to the response head, after which a second instance is asked; below 1. */
  readonly quantile: number
  readonly leastMs: number
}

export interface HealthConfig {
  readonly passive: PassiveConfig | null
  readonly active: ActiveConfig | null
  /** With a smaller part of the instances healthy, health is ignored; 0: never. */
  readonly panicBelow: number
  /** How long after its registration an instance grows into its weight; 0: at once. */
  readonly slowStartMs: number
}

/** When an instance is left out for what requests to it came to. */
export interface PassiveConfig {
  /** In a row. */
  readonly consecutiveFailures: number
  /** A smaller part of successes within the window ejects; null: is not looked at. */
  readonly successRate: number | null
  readonly windowMs: number
  /** Within the window, before the success rate means anything. */
  readonly minRequests: number
  readonly ejectForMs: number
  /** However often it was ejected. */
  readonly maxEjectForMs: number
  /** Part of the instances; one may always be ejected, the last healthy one never. */
  readonly maxEjected: number
}

/** Probes from the first process. */
export interface ActiveConfig {
  readonly type: 'http' | 'tcp'
  readonly path: string
  /** Inclusive ranges of statuses. */
  readonly expect: readonly (readonly [from: number, to: number])[]
  /** What the body must contain. */
  readonly body: string | null
  /** The host header; null: the instance's own address. */
  readonly host: string | null
  readonly intervalMs: number
  /** While it is not known to be up. */
  readonly fastIntervalMs: number
  /** Part of the interval by which each one may be shorter or longer. */
  readonly jitter: number
  readonly timeoutMs: number
  /** Successes in a row that make it healthy. */
  readonly rise: number
  readonly fall: number
}

/** What one service may take of this gateway: numbers hold for all workers together. */
export interface ServiceLimitsConfig {
  /** Requests at once; null: no limit. */
  readonly inFlight: number | null
  /** How many may wait while the limit is reached. */
  readonly pending: number
  readonly pendingTimeoutMs: number
  /** A limit that is found by measuring; null: none. */
  readonly adaptive: AdaptiveConfig | null
}

export interface AdaptiveConfig {
  readonly least: number
  readonly most: number
}

/** When a service is not asked at all for a while. */
export interface BreakerConfig {
  /** Part of the requests within the window that failed. */
  readonly failureRate: number
  readonly windowMs: number
  readonly minRequests: number
  readonly openForMs: number
}

/** How a service is called: settings of the file, or of the service over them. */
export interface TrafficConfig {
  readonly retry: RetryConfig
  readonly health: HealthConfig
  readonly limits: ServiceLimitsConfig
  readonly breaker: BreakerConfig | null
}

/** What `services.<name>` sets, merged over the defaults of the file. */
export interface ServiceConfig extends TrafficConfig {
  readonly balancing: PluginRef
  readonly upstream: UpstreamConfig
  readonly middleware: readonly PluginRef[]
}

export interface AdminConfig {
  readonly host: string
  readonly port: number
  /** Wanted as `Authorization: Bearer` by all but the health endpoints. */
  readonly token: string | null
}

export interface LogConfig {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** One JSON line per request. */
  readonly access: boolean
}
