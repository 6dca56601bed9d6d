import { z } from 'zod'
import { defineStrategy, duration, type Endpoint, perList } from '../src/plugin/index.ts'

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
    const known = new WeakMap<Endpoint, Cost>()
    const costsOf = perList((endpoints) => endpoints.map(costOf))
    const faded = ({ ms, atMs }: Cost, nowMs: number) => ms * Math.exp((atMs - nowMs) / decay)

    function costOf(endpoint: Endpoint): Cost {
      const cost = known.get(endpoint) ?? { ms: 0, atMs: 0 }
      known.set(endpoint, cost)
      return cost
    }

    return {
      pick(endpoints) {
        const count = endpoints.length
        if (count === 1) return endpoints[0]!
        const costs = costsOf(endpoints)
        const first = Math.floor(random() * count)
        const hole = Math.floor(random() * (count - 1))
        // Skipping `first` keeps the two distinct and the second uniform among the others.
        const second = hole < first ? hole : hole + 1
        const [one, other] = [endpoints[first]!, endpoints[second]!]
        const [cost, others] = [costs[first]!, costs[second]!]
        if (cost.ms === 0 || others.ms === 0) return rank(other, others) < rank(one, cost) ? other : one
        // Since the later of the two samples both have faded alike: what time it is now does not matter.
        return load(other) * others.ms < load(one) * faded(cost, others.atMs) ? other : one
      },
      observe(endpoint, latencyMs, failed) {
        const nowMs = now()
        const sample = failed ? Math.max(latencyMs, penalty) : latencyMs
        const cost = costOf(endpoint)
        const kept = Math.exp((cost.atMs - nowMs) / decay)
        cost.ms = Math.max(sample, cost.ms * kept + sample * (1 - kept))
        cost.atMs = nowMs
      },
      score(endpoint) {
        const cost = costOf(endpoint)
        if (cost.ms > 0) return load(endpoint) * faded(cost, now())
        return endpoint.inFlight === 0 ? 0 : Number.POSITIVE_INFINITY
      },
    }
  },
})

interface Cost {
  /** 0: nothing is known. */
  ms: number
  atMs: number
}

const load = ({ inFlight, weight }: Endpoint) => (inFlight + 1) / weight

/** An idle unknown before the known, a busy one after them. */
const rank = ({ inFlight }: Endpoint, { ms }: Cost) => (ms > 0 ? 0 : inFlight || -1)
