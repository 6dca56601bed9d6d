import type { GatewayInputs } from '../container/root.ts'

/** A gateway that serves, in one process or many. */
export interface Running {
  readonly port: number
  readonly adminPort: number
  /** Resolves when the last request has ended or been cut, and everything is closed. */
  drain(): Promise<void>
}

/** What a gateway starts from. */
export interface Start extends GatewayInputs {
  /** The text that `config` was made from: workers make theirs from the same. */
  readonly text: string
}
