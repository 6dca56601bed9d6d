import { z } from 'zod'
import { defineStrategy, duration, type Endpoint } from '../src/plugin/index.ts'

/**
 * Of two distinct random endpoints the one with the lower cost: its latency, times the requests that it would then have,
 * for its weight. Latency is a mean that fades with time and jumps to each higher sample, so a slow answer is heeded at
 * once and forgiven slowly. A failure counts as a slow answer, or whoever fails fast would look best. As in Finagle
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
      .meta({ description: 'How long until a sample counts for little more than a third.' }),
    penalty: duration().prefault('5s').meta({ description: 'The latency that a failure counts as, at least.' }),
  }),
  create({ decay, penalty }, { now, random }) {
    const costs = new WeakMap<Endpoint, Cost>()
    const faded = ({ ms, atMs }: Cost, nowMs: number) => ms * Math.exp((atMs - nowMs) / decay)

    /** Below 0 when `one` is the better. Both fade alike, so the time of the pick does not matter. */
    function compare(one: Endpoint, other: Endpoint): number {
      const [known, others] = [costs.get(one), costs.get(other)]
      if (!known || !others) return unknown(one, known) - unknown(other, others)
      return load(one) * faded(known, others.atMs) - load(other) * others.ms
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
        const cost = costs.get(endpoint)
        const before = cost ? faded(cost, nowMs) : 0
        const kept = cost ? Math.exp((cost.atMs - nowMs) / decay) : 0
        costs.set(endpoint, { ms: Math.max(sample, before * kept + sample * (1 - kept)), atMs: nowMs })
      },
      score(endpoint) {
        const cost = costs.get(endpoint)
        return cost ? load(endpoint) * faded(cost, now()) : unknown(endpoint, cost)
      },
    }
  },
})
