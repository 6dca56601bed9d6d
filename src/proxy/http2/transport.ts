import type { UpstreamConfig } from '../../config/types.ts'
import type { Instance } from '../../plugin/index.ts'
import type { TlsOptions } from '../dial.ts'
import type { Transport, Upstream } from '../transport.ts'
import { Http2Upstream } from './upstream.ts'

export interface Http2Options {
  readonly tls?: TlsOptions
}

/**
 * HTTP/2 (RFC 9113) on sessions of `node:http2`: by ALPN to instances with TLS, by prior knowledge to others. As its sister for
 * HTTP/1.1 it never retries, and leaves the response time-out to the caller, who aborts.
 */
export class Http2Transport implements Transport {
  readonly #options: Http2Options

  constructor(options: Http2Options = {}) {
    this.#options = options
  }

  open(instance: Instance, settings: UpstreamConfig): Upstream {
    return new Http2Upstream(instance, settings, this.#options.tls ?? {})
  }
}
