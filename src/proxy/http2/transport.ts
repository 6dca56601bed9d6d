import type { UpstreamConfig } from '../../config/types.ts'
import type { Instance } from '../../plugin/index.ts'
import { ClientTlsPool } from '../../tls/index.ts'
import type { Transport, Upstream } from '../transport.ts'
import { Http2Upstream } from './upstream.ts'

export interface Http2Options {
  /** How instances are met that are called by TLS. Its own, if there is none. */
  readonly tls?: ClientTlsPool
}

/**
 * HTTP/2 (RFC 9113) on sessions of `node:http2`: by ALPN to instances with TLS, by prior knowledge to others. As its sister for
 * HTTP/1.1 it never retries, and leaves the response time-out to the caller, who aborts.
 */
export class Http2Transport implements Transport {
  readonly #tls: ClientTlsPool

  constructor({ tls = new ClientTlsPool() }: Http2Options = {}) {
    this.#tls = tls
  }

  open(instance: Instance, settings: UpstreamConfig): Upstream {
    const tls = instance.tls ? this.#tls.routeTo(instance.host, settings.tls) : undefined
    return new Http2Upstream(instance, settings, tls)
  }
}
