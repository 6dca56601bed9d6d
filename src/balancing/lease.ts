import type { LiveEndpoint } from './endpoint.ts'

/** A pick that counts as load until it ends: with the response body, not with the head. */
export class Lease {
  readonly endpoint: LiveEndpoint
  #ended = false

  constructor(endpoint: LiveEndpoint) {
    this.endpoint = endpoint
    endpoint.inFlight++
  }

  /** Harmless when called again. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.endpoint.inFlight--
  }
}
