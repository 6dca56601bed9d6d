import type { LiveEndpoint, Pool } from '../balancing/index.ts'
import type { Logger } from '../plugin/index.ts'
import type { MeterEvent } from './events.ts'
import type { RequestHeaders } from './headers/request-headers.ts'
import type { Upstreams } from './upstreams.ts'

/** What all services of a gateway are called with. */
export interface Means {
  readonly upstreams: Upstreams
  readonly requestHeaders: RequestHeaders
  readonly log: Logger
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Epoch milliseconds. */
  readonly wallMs: () => number
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly count: (event: MeterEvent, service: string, detail: string) => void
  /** Told of each failed connection. @returns whether the endpoint is gone by it, as if it had never been there */
  readonly unreachable: (pool: Pool, endpoint: LiveEndpoint) => boolean
}
