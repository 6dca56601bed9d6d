import type { UpstreamConfig } from '../../config/types.ts'
import type { Instance } from '../../plugin/index.ts'
import { ClientTlsPool } from '../../tls/index.ts'
import type { Transport, Upstream } from '../transport.ts'
import { Http1Upstream } from './upstream.ts'

export interface Http1Options {
  /** How instances are met that are called by TLS. Its own, if there is none. */
  readonly tls?: ClientTlsPool
}

/**
 * HTTP/1.1 on sockets of its own: never pipelines, never retries, believes no response that is not exactly framed, and
 * leaves the response time-out to the caller, who aborts.
 */
export class Http1Transport implements Transport {
  readonly #tls: ClientTlsPool

  constructor({ tls = new ClientTlsPool() }: Http1Options = {}) {
    this.#tls = tls
  }

  open(instance: Instance, settings: UpstreamConfig): Upstream {
    const tls = instance.tls ? this.#tls.routeTo(instance.host, settings.tls) : undefined
    return new Http1Upstream(instance, settings, tls)
  }
}
