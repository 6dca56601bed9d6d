import type { LiveEndpoint } from '../balancing/index.ts'
import type { UpstreamConfig } from '../config/types.ts'
import type { Transport, Upstream } from './transport.ts'

/** The open ways to endpoints. One that left the registry is closed once its calls have ended. */
export class Upstreams {
  readonly #transport: Transport
  readonly #open = new Map<LiveEndpoint, Upstream>()

  constructor(transport: Transport) {
    this.#transport = transport
  }

  to(endpoint: LiveEndpoint, settings: UpstreamConfig): Upstream {
    const known = this.#open.get(endpoint)
    if (known) return known
    const upstream = this.#transport.open(endpoint.instance, settings)
    this.#open.set(endpoint, upstream)
    return upstream
  }

  close(endpoint: LiveEndpoint): void {
    this.#open.get(endpoint)?.close()
    this.#open.delete(endpoint)
  }

  closeAll(): void {
    for (const endpoint of [...this.#open.keys()]) this.close(endpoint)
  }
}
