import { Outcomes } from '../admission/index.ts'

/** What one registration of an instance has on its account. */
export class Accrual {
  readonly registeredAt: number | undefined
  /** In a row, up to now. */
  failures = 0
  /** undefined where success rates are not looked at. */
  readonly outcomes: Outcomes | undefined
  #repeats = 0
  #untilMs = 0

  constructor(registeredAt: number | undefined, windowMs: number | undefined) {
    this.registeredAt = registeredAt
    this.outcomes = windowMs === undefined ? undefined : new Outcomes(windowMs)
  }

  add(failed: boolean, nowMs: number): void {
    this.failures = failed ? this.failures + 1 : 0
    this.outcomes?.count(failed, nowMs)
  }

  /** Begins anew with the outcomes; how often it was ejected stays. */
  clear(): void {
    this.failures = 0
    this.outcomes?.clear()
  }

  /** @returns for how long: once more `baseMs` with each time, and once less for each `baseMs` that has passed since the last */
  eject(nowMs: number, baseMs: number, mostMs: number): number {
    const forgiven = Math.floor(Math.max(0, nowMs - this.#untilMs) / baseMs)
    const repeats = Math.max(0, this.#repeats - forgiven) + 1
    const forMs = Math.min(baseMs * repeats, mostMs)
    this.#repeats = Math.min(repeats, Math.ceil(mostMs / baseMs))
    this.#untilMs = nowMs + forMs
    this.clear()
    return forMs
  }
}
