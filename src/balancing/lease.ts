import type { LiveEndpoint } from './endpoint.ts'

/** Whom a lease is given back to. */
export interface Lessor {
  ended(lease: Lease): void
}

/** A pick that counts as load until it ends: with the response body, not with the head. */
export class Lease {
  readonly endpoint: LiveEndpoint
  /** What it comes to decides whether the endpoint, which was ejected, is readmitted. */
  readonly trial: boolean
  readonly #lessor: Lessor
  #ended = false

  constructor(endpoint: LiveEndpoint, trial: boolean, lessor: Lessor) {
    this.endpoint = endpoint
    this.trial = trial
    this.#lessor = lessor
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Harmless when called again. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#lessor.ended(this)
  }
}
