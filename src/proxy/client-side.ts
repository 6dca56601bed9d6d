import type { ResponseHead } from './transport.ts'

/** Where a request comes from: a connection that it has to itself for as long as it lasts, or its stream of one. */
export interface Intake {
  /** Moves while a request body flows in. */
  readonly bytesReceived: number
}

/** The way back to the client, beside the answer. */
export interface Downstream {
  /** Sends an interim response (1xx) at once, if the client can have one. */
  inform(head: ResponseHead): void
}
