import type { Instance } from './instance.ts'

/** An instance plus what this worker has measured of it. The counters are live: they change between picks. */
export interface Endpoint {
  readonly instance: Instance
  /** Leases that have not ended: a request counts until its response body has ended. */
  readonly inFlight: number
  /** Decaying mean of the time to the response head, in milliseconds; 0 before the first answer. */
  readonly latencyMs: number
  /** The instance's, less while it starts slowly. */
  readonly weight: number
}

/** What a pick may depend on besides the endpoints. Header names are in lower case. */
export interface PickContext {
  readonly service: string
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly clientAddress: string
  /** Leases of the service that have not ended, in this worker. */
  readonly inFlight: number
  header(name: string): string | undefined
  /**
   * `value` is the whole text of a `Set-Cookie` field. It goes out with the response; of one name the last.
   *
   * @throws TypeError when it has a character that no header field may have, such as a line feed
   */
  setCookie(name: string, value: string): void
}
