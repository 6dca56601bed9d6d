export interface ServerConfig {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** 0: one process. `auto` has become a number. */
  readonly workers: number
  /** CIDRs or addresses whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[]
  /** CIDRs or addresses whose connections begin with a PROXY header. */
  readonly proxyProtocol: readonly string[]
  /** Offered to clients on TLS connections. */
  readonly http2: boolean
  /** HTTP/2 without TLS, by prior knowledge. */
  readonly h2c: boolean
  readonly tls: TlsConfig | null
  /** Protocols that a client may switch to, in lower case. */
  readonly upgrades: readonly string[]
  /** Whether instances are told in `Forwarded` (RFC 7239), too. */
  readonly forwarded: boolean
  readonly shedding: SheddingConfig
  readonly drain: { readonly acceptGraceMs: number; readonly timeoutMs: number }
  readonly limits: LimitsConfig
}

/** When a process refuses new requests, so that it goes on with those it has. */
export interface SheddingConfig {
  /** So late is its event loop. null: however late. */
  readonly lagMs: number | null
  /** So full is its heap: a part of what it may grow to. null: however full. */
  readonly heap: number | null
}

export interface TlsConfig {
  /** At least one. The first is shown to clients that name no server, or one that is in none of them. */
  readonly certificates: readonly CertificateConfig[]
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3'
  /** null: clients are not asked for a certificate. */
  readonly clients: ClientCertificatesConfig | null
}

/** Absolute paths of PEM files. */
export interface CertificateConfig {
  readonly cert: string
  readonly key: string
}

export interface ClientCertificatesConfig {
  /** Absolute path of a PEM file: who may have signed them. */
  readonly ca: string
  /** Whether a client without one is turned away. */
  readonly required: boolean
  /** Tells instances whose it is, in lower case. */
  readonly header: string
}

export interface LimitsConfig {
  readonly headerBytes: number
  readonly headerCount: number
  readonly headerTimeoutMs: number
  readonly urlBytes: number
  /** null: no limit. */
  readonly bodyBytes: number | null
  /** Without a byte of the request body. */
  readonly bodyTimeoutMs: number
  /** Without a byte taken by a client that has some to take. */
  readonly writeTimeoutMs: number
  /** null: no limit. Per worker. */
  readonly connections: number | null
  /** null: no limit. Per worker. */
  readonly connectionsPerAddress: number | null
  readonly requestsPerConnection: number
  readonly keepAliveTimeoutMs: number
  /** Requests at once on one HTTP/2 connection. */
  readonly streams: number
}
