import type { ActiveConfig } from '../config/types.ts'
import type { Instance } from '../plugin/index.ts'

/** One instance that is probed, and what has been found. */
export class Target {
  readonly service: string
  readonly config: ActiveConfig
  instance: Instance
  /** When it is to be probed next, monotonic milliseconds. */
  dueMs = 0
  /** It is not probed any more, and what a probe that runs will find does not count. */
  left = false
  state: 'unknown' | 'up' | 'down' = 'unknown'
  /** Of the last probe, epoch milliseconds. */
  atMs: number | undefined
  /** Why the last probe failed; null when it passed. */
  reason: string | null = null
  /** Results in a row that speak against `state`. */
  #against = 0

  constructor(service: string, instance: Instance, config: ActiveConfig) {
    this.service = service
    this.instance = instance
    this.config = config
  }

  /** Whether that is the same process, as far as a registry can tell. */
  isSame({ host, port, tls, registeredAt }: Instance): boolean {
    const { instance } = this
    const sameAddress = instance.host === host && instance.port === port && instance.tls === tls
    return sameAddress && instance.registeredAt === registeredAt
  }

  /** Takes in the result of a probe. The first of all decides alone. */
  take(reason: string | null, atMs: number): void {
    this.atMs = atMs
    this.reason = reason
    const said = reason === null ? 'up' : 'down'
    this.#against = said === this.state ? 0 : this.#against + 1
    const needed = said === 'up' ? this.config.rise : this.config.fall
    if (said === this.state || (this.state !== 'unknown' && this.#against < needed)) return
    this.state = said
    this.#against = 0
  }

  /** How long to wait until the next probe: not long while the last one, or the state, says that something is wrong. */
  intervalMs(random: number): number {
    const { intervalMs, fastIntervalMs, jitter } = this.config
    const fine = this.state === 'up' && this.#against === 0
    return (fine ? intervalMs : Math.min(fastIntervalMs, intervalMs)) * (1 + jitter * (2 * random - 1))
  }
}
