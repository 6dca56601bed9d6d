import type { UpstreamConfig } from '../config/types.ts'
import type { Instance } from '../plugin/index.ts'
import type { Transport, Upstream, UpstreamCall, UpstreamListener, UpstreamRequest } from './transport.ts'

const HTTP2: ReadonlySet<string | undefined> = new Set(['h2', 'h2c', 'grpc', 'grpcs'])

/** The way to each instance in the protocol that `upstream.protocol` says; with `auto`, the `protocol` of its metadata does. */
export class Protocols implements Transport {
  readonly #http1: Transport
  readonly #http2: Transport

  constructor(http1: Transport, http2: Transport) {
    this.#http1 = http1
    this.#http2 = http2
  }

  open(instance: Instance, settings: UpstreamConfig): Upstream {
    const { protocol } = settings
    if (protocol === 'http2') return this.#http2.open(instance, settings)
    if (protocol === 'http1' || !HTTP2.has(instance.metadata.protocol?.toLowerCase()))
      return this.#http1.open(instance, settings)
    const http1 = () => this.#http1.open(instance, settings)
    return new Http2WithUpgrades(this.#http2.open(instance, settings), http1)
  }
}

/** HTTP/2 has no upgrades: a request for one goes by HTTP/1.1, which an instance may well speak, too. */
class Http2WithUpgrades implements Upstream {
  readonly #http2: Upstream
  readonly #openHttp1: () => Upstream
  #http1: Upstream | undefined

  constructor(http2: Upstream, openHttp1: () => Upstream) {
    this.#http2 = http2
    this.#openHttp1 = openHttp1
  }

  send(request: UpstreamRequest, listener: UpstreamListener): UpstreamCall {
    if (request.upgrade === null) return this.#http2.send(request, listener)
    this.#http1 ??= this.#openHttp1()
    return this.#http1.send(request, listener)
  }

  close(): void {
    this.#http2.close()
    this.#http1?.close()
  }
}
