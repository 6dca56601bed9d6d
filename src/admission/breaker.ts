import { Outcomes } from './outcomes.ts'

export interface BreakerOptions {
  /** Of the requests in the window, such as 0.5. */
  readonly failureRate: number
  readonly windowMs: number
  /** Fewer say nothing. */
  readonly minRequests: number
  readonly openForMs: number
}

export type BreakerState = 'closed' | 'open' | 'half-open'

/** What a caller that was let in gives back when it leaves. Never 0, so that it can be asked for its truth. */
export type Pass = number

/**
 * Spares a service that fails as a whole, and its callers the wait. Closed it lets everybody in, and counts; at `failureRate` it
 * opens and refuses for `openForMs`; then it lets in exactly one, the probe, whose success closes it and whose failure opens it again.
 * A probe that has not ended after `openForMs`, such as a slow upload, does not keep the others out for ever: there is another one.
 *
 * The circuit breaker of Nygard's "Release It!". A caller is judged in the state in which it came: what was let in before the
 * breaker opened says nothing about a service that has recovered since, nor does it stand in for the probe.
 */
export class Breaker {
  readonly #options: BreakerOptions
  readonly #outcomes: Outcomes
  #closed = true
  /** Nobody is let in before that. */
  #shutUntilMs = 0
  /** Probes that have not ended. */
  #probes = 0
  /** Of callers that came since the last change of state. */
  #pass: Pass = 1

  constructor(options: BreakerOptions) {
    this.#options = options
    this.#outcomes = new Outcomes(options.windowMs)
  }

  /** @returns a pass, with which the caller must `leave` once, however it ends; 0 when it is refused */
  enter(nowMs: number): Pass {
    if (this.#closed) return this.#pass
    if (nowMs < this.#shutUntilMs) return 0
    this.#shutUntilMs = nowMs + this.#options.openForMs
    this.#probes++
    return this.#pass
  }

  /** @param outcome `neither` when nobody can tell, such as after the client went away: another may probe then */
  leave(pass: Pass, outcome: 'ok' | 'failed' | 'neither', nowMs: number): void {
    if (pass !== this.#pass) return
    if (!this.#closed) this.#judge(outcome, nowMs)
    else if (outcome !== 'neither') this.#count(outcome === 'failed', nowMs)
  }

  state(nowMs: number): BreakerState {
    if (this.#closed) return 'closed'
    return this.#probes === 0 && nowMs < this.#shutUntilMs ? 'open' : 'half-open'
  }

  #count(failed: boolean, nowMs: number): void {
    this.#outcomes.count(failed, nowMs)
    const { total, failed: failures } = this.#outcomes
    const { failureRate, minRequests } = this.#options
    if (total >= minRequests && failures >= failureRate * total) this.#open(nowMs)
  }

  #judge(outcome: 'ok' | 'failed' | 'neither', nowMs: number): void {
    this.#probes--
    if (outcome === 'failed') this.#open(nowMs)
    else if (outcome === 'ok') this.#close()
    else if (this.#probes === 0) this.#shutUntilMs = nowMs
  }

  #open(nowMs: number): void {
    this.#closed = false
    this.#shutUntilMs = nowMs + this.#options.openForMs
    this.#probes = 0
    this.#pass++
  }

  #close(): void {
    this.#closed = true
    this.#outcomes.clear()
    this.#pass++
  }
}
