import type { Instance, Logger, RegistryAdapter } from '../plugin/index.ts'
import type { SnapshotFile } from './snapshot.ts'
import type { SourceState } from './states.ts'

export interface SourceSpec {
  readonly name: string
  readonly type: string
  readonly adapter: RegistryAdapter
  /** `first`: serves only what those before it have nobody for. */
  readonly merge: 'union' | 'first'
  readonly onEmpty: 'hold' | 'clear'
  readonly settleMs: number
  readonly snapshot?: SnapshotFile | undefined
}

export interface SourceContext {
  readonly log: Logger
  now(): number
  delayMs(failures: number): number
  /** Whether a connection to the instance can be made. */
  reaches(instance: Instance): Promise<boolean>
}

export interface SourceStatus {
  readonly name: string
  readonly type: string
  readonly state: SourceState
  /** How long the registry could not be read, or how old the snapshot is that stands for it; 0 while it can be read. */
  readonly ageMs: number
  /** Counts the views that changed something. */
  readonly version: number
  /** Why it cannot be read. */
  readonly reason?: string
  readonly snapshot?: string
}
