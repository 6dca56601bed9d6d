import type { Instance, Logger } from '../plugin/index.ts'
import type { Snapshot, SnapshotFile } from './snapshot.ts'

/** A change is on disk after so long; under constant change it is written so often. */
const FIRST_MS = 1000
const GAP_MS = 15_000

export interface KeeperOptions {
  readonly file: SnapshotFile
  readonly log: Logger
  now(): number
  /** What is worth keeping at this moment. */
  services(): Iterable<readonly [string, readonly Instance[]]>
}

/** Keeps a snapshot file up to date with a registry. A file that cannot be read or written costs a warning. */
export class Keeper {
  readonly #options: KeeperOptions
  #timer: NodeJS.Timeout | undefined
  #saving: Promise<void> = Promise.resolve()
  #savedMs = Number.NEGATIVE_INFINITY
  #failing = false

  constructor(options: KeeperOptions) {
    this.#options = options
  }

  /** undefined, after a warning if there is a file all the same, when there is nothing to start from. */
  async load(): Promise<Snapshot | undefined> {
    const { file, log } = this.#options
    try {
      return await file.load()
    } catch (error) {
      const reason = (error as Error).message
      log.warn({ file: file.path, reason }, `the snapshot ${file.path} is ignored: ${reason}`)
      return undefined
    }
  }

  changed(): void {
    const waitMs = Math.max(FIRST_MS, this.#savedMs + GAP_MS - this.#options.now())
    this.#timer ??= setTimeout(() => this.#save(), waitMs).unref()
  }

  /** Writes what has not been written yet. */
  async close(): Promise<void> {
    if (this.#timer) this.#save()
    await this.#saving
  }

  #save(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#savedMs = this.#options.now()
    this.#saving = this.#saving.then(() => this.#write())
  }

  async #write(): Promise<void> {
    const { file, log, services } = this.#options
    try {
      await file.save(services())
      this.#failing = false
    } catch (error) {
      if (this.#failing) return
      this.#failing = true
      const reason = (error as Error).message
      log.warn({ file: file.path, reason }, `the snapshot ${file.path} cannot be written: ${reason}`)
    }
  }
}
