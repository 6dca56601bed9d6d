/** Of one service in one worker, for metrics and the admin API. Survives JSON. */
export interface ServiceStanding {
  readonly service: string
  readonly inFlight: number
  /** Of those, connections that have switched to another protocol. */
  readonly tunnels: number
  /** Requests that wait for the limit. */
  readonly pending: number
  /** So few are healthy that health is ignored. */
  readonly panic: boolean
  /** Retries that it may spend now; null: no bound. */
  readonly budgetLeft: number | null
  readonly breaker: 'closed' | 'open' | 'half-open' | null
  /** Requests at once that are allowed now, fixed or found by measuring; null: no limit. */
  readonly limit: number | null
  readonly endpoints: readonly EndpointStanding[]
}

export interface EndpointStanding {
  readonly id: string
  /** Since the last standing. */
  readonly picks: number
  readonly inFlight: number
  readonly latencyMs: number
  /** Why it is not offered. */
  readonly why?: string
  /** How long it still stays ejected. */
  readonly ejectedForMs?: number
}
