import type { Explanation, Question } from '../explain/index.ts'
import type { Reading } from '../gateway/index.ts'
import type { Verdict } from '../health/index.ts'
import type { RegistryUpdate } from '../registry/index.ts'

/** Where a worker writes its lines: the first process's standard output. */
export const WORKER_OUTPUT_FD = 4

/** What a worker is to be: the same text that the primary has checked, whatever the file says by now. */
export interface WorkerStart {
  readonly file: string
  readonly text: string
  readonly ordinal: number
  /** In base64: what workers have in common that resume each other's TLS sessions. */
  readonly ticketSecret: string
}

/** The channel between the processes. Everything on it survives JSON. */
export type ToWorker =
  | { readonly type: 'start'; readonly start: WorkerStart }
  | { readonly type: 'update'; readonly update: RegistryUpdate }
  /** What active probes have found: all of it after the table, then what changes. An instance is told of before. */
  | { readonly type: 'verdicts'; readonly verdicts: readonly Verdict[] }
  /** Answered by `explained` with the same number. */
  | { readonly type: 'explain'; readonly number: number; readonly question: Question }
  /** With another descriptor of what the worker listens on. */
  | { readonly type: 'door' }
  | { readonly type: 'drain' }

export type ToPrimary =
  /** The worker's code is loaded; it waits for `start`. */
  | { readonly type: 'hello' }
  | { readonly type: 'listening'; readonly port: number }
  /** With what the worker listens on. It is given some more of it: a `door` each. */
  | { readonly type: 'doors' }
  /** A connection to an instance failed. */
  | { readonly type: 'unreachable'; readonly service: string; readonly id: string }
  /** The first view is in the worker's directory. */
  | { readonly type: 'ready' }
  | { readonly type: 'reading'; readonly reading: Reading }
  | { readonly type: 'explained'; readonly number: number; readonly explanation: Explanation }
  /** The worker cannot serve, and ends. */
  | { readonly type: 'failed'; readonly reason: string }
