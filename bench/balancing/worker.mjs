import { chance } from './chance.mjs'
import { outliersOf, poolOf } from './gateway.mjs'

const NONE = []

/** A worker of the gateway: a pool and a strategy of its own, and, if wanted, passive ejection. Of the others it knows nothing. */
export class Worker {
  #pool
  #outliers
  #callers
  #clock

  constructor({ type, options }, ordinal, { clock, instances, seed, passive, callers }) {
    const context = { now: () => clock.nowMs, random: chance(seed * 1000 + ordinal), ordinal }
    this.#pool = poolOf({ type, options: options(ordinal) }, instances, context)
    this.#outliers = passive && outliersOf(passive, context)
    this.#callers = callers
    this.#clock = clock
  }

  lease(client) {
    return this.#pool.lease(this.#callers[client], NONE)
  }

  /** An answer is there, whole. */
  end(lease, latencyMs, failed) {
    this.#pool.observe(lease.endpoint, latencyMs, failed)
    this.#outliers?.record(this.#pool, lease.endpoint, failed ? 'failed' : 'ok', this.#clock.nowMs, lease.trial)
    lease.end()
  }
}
