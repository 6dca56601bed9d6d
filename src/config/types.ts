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
export interface GatewayConfig {
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
  readonly retry: RetryConfig
  readonly middleware: readonly PluginRef[]
  readonly services: ReadonlyMap<string, ServiceConfig>
  readonly admin: AdminConfig
  readonly log: LogConfig
}

export interface ServerConfig {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** 0: one process. `auto` has become a number. */
  readonly workers: number
  /** CIDRs or addresses whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[]
  readonly drain: { readonly acceptGraceMs: number; readonly timeoutMs: number }
  readonly limits: LimitsConfig
}

export interface LimitsConfig {
  readonly headerBytes: number
  readonly headerTimeoutMs: number
  /** null: no limit. */
  readonly bodyBytes: number | null
  /** null: no limit. Per worker. */
  readonly connections: number | null
  readonly keepAliveTimeoutMs: number
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
  readonly connectTimeoutMs: number
  /** From the request being sent to the response head. */
  readonly responseTimeoutMs: number
  /** How long an unused connection is kept; keep it below the service's own keep-alive time. */
  readonly idleTimeoutMs: number
  /** At most this many connections per instance and worker. */
  readonly connections: number
}

export interface RetryConfig {
  /** Tries in all, the first included. */
  readonly attempts: number
}

/** What `services.<name>` sets, merged over the defaults of the file. */
export interface ServiceConfig {
  readonly balancing: PluginRef
  readonly upstream: UpstreamConfig
  readonly retry: RetryConfig
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
