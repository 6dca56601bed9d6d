import type { UpstreamConfig } from '../../config/types.ts'
import type { Instance } from '../../plugin/index.ts'
import type { TlsOptions } from '../dial.ts'
import type { Transport, Upstream } from '../transport.ts'
import { Http1Upstream } from './upstream.ts'

export interface Http1Options {
  readonly tls?: TlsOptions
}

/**
 * HTTP/1.1 on sockets of its own: never pipelines, never retries, believes no response that is not exactly framed, and
 * leaves the response time-out to the caller, who aborts.
 */
export class Http1Transport implements Transport {
  readonly #options: Http1Options

  constructor(options: Http1Options = {}) {
    this.#options = options
  }

  open(instance: Instance, settings: UpstreamConfig): Upstream {
    return new Http1Upstream(instance, settings, this.#options.tls ?? {})
  }
}
