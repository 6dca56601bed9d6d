import { z } from 'zod'
import { defineStrategy, duration, type Endpoint } from '../src/plugin/index.ts'

/**
 * Of two distinct random endpoints the one with the lower cost: its latency, times the requests that it would then have,
 * for its weight. The latency is a mean that fades with time and jumps to each higher sample, so a slow answer is heeded
 * at once and forgiven slowly. A failure counts as a slow answer, or whoever fails fast would look best. As in Finagle
 * (PeakEwma.scala).
 *
 * Of an endpoint that has not answered yet nothing is known: it gets one request, and no other before that has ended.
 */
export const peakEwma = defineStrategy({
  name: 'peak-ewma',
  options: z.strictObject({
    decay: duration()
      .refine((ms) => ms > 0, 'must be more than 0')
      .prefault('10s')
      .meta({ description: 'The time after which a third is left of what was measured.' }),
    penalty: duration().prefault('5s').meta({ description: 'The latency that a failure counts as, at least.' }),
  }),
  create({ decay, penalty }, { now, random }) {
    const costs = new WeakMap<Endpoint, Cost>()
    const faded = ({ ms, atMs }: Cost, nowMs: number) => ms * Math.exp((atMs - nowMs) / decay)

    /** Below 0 when `one` is better. Both have faded alike since the later sample, so what time it is does not matter. */
    function compare(one: Endpoint, other: Endpoint): number {
      const cost = costs.get(one)
      const others = costs.get(other)
      if (!cost || !others) return rank(one, cost) - rank(other, others)
      return load(one) * faded(cost, others.atMs) - load(other) * others.ms
    }

    return {
      pick(endpoints) {
        const count = endpoints.length
        if (count === 1) return endpoints[0]!
        const first = Math.floor(random() * count)
        const hole = Math.floor(random() * (count - 1))
        // Skipping `first` keeps the two distinct and the second uniform among the others.
        const one = endpoints[first]!
        const other = endpoints[hole < first ? hole : hole + 1]!
        return compare(other, one) < 0 ? other : one
      },
      observe(endpoint, latencyMs, failed) {
        const nowMs = now()
        const sample = failed ? Math.max(latencyMs, penalty) : latencyMs
        const cost = costs.get(endpoint) ?? { ms: 0, atMs: nowMs }
        const kept = Math.exp((cost.atMs - nowMs) / decay)
        cost.ms = Math.max(sample, cost.ms * kept + sample * (1 - kept))
        cost.atMs = nowMs
        costs.set(endpoint, cost)
      },
      score(endpoint) {
        const cost = costs.get(endpoint)
        if (cost) return load(endpoint) * faded(cost, now())
        return endpoint.inFlight === 0 ? 0 : Number.POSITIVE_INFINITY
      },
    }
  },
})

interface Cost {
  ms: number
  atMs: number
}

const load = ({ inFlight, weight }: Endpoint) => (inFlight + 1) / weight

/** An idle unknown before the known, a busy one after them. */
const rank = ({ inFlight }: Endpoint, cost: Cost | undefined) => (cost ? 0 : inFlight || -1)
