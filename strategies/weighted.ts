import { defineStrategy, type Endpoint } from '../src/plugin/index.ts'
import { ahead, creditOf, headOf, pay, type Queue, type Turn } from './weighted/queue.ts'

/**
 * Smooth weighted round-robin, as in nginx (ngx_http_upstream_round_robin.c): each pick raises every credit by its
 * weight and the highest pays the total, so weights 5, 1, 1 give a a b a c a a and never a burst of a. Ignores load.
 *
 * Credits of one weight rise alike, so their order changes only when one of them pays: it stands in a queue for each
 * weight, and a pick compares the heads. Credits stay with the endpoint when the list changes; a newcomer begins with none.
 * Each worker begins a pick further on, so that they do not march in step.
 */
export const weighted = defineStrategy({
  name: 'weighted',
  create(_options, { ordinal }) {
    const credits = new WeakMap<Endpoint, number>()
    let list: readonly Endpoint[] = []
    let queues: readonly Queue[] = []
    let total = 0
    let picks = 0

    function schedule(endpoints: readonly Endpoint[]): void {
      for (const { turns, weight } of queues)
        for (const { endpoint, credit } of turns) credits.set(endpoint, credit + weight * picks)
      const turns = endpoints.map((endpoint, place) => ({ endpoint, place, credit: credits.get(endpoint) ?? 0 }))
      const byWeight = new Map<number, Turn[]>(endpoints.map(({ weight }) => [weight, []]))
      for (const turn of turns.sort(ahead)) byWeight.get(turn.endpoint.weight)!.push(turn)
      queues = [...byWeight].map(([weight, turns]) => ({ weight, turns, head: 0 }))
      total = endpoints.reduce((sum, { weight }) => sum + weight, 0)
      list = endpoints
      picks = 0
    }

    function next(): Endpoint {
      picks++
      let first = queues[0]!
      let highest = creditOf(first, picks)
      for (let at = 1; at < queues.length; at++) {
        const queue = queues[at]!
        const credit = creditOf(queue, picks)
        if (credit < highest || (credit === highest && headOf(first).place < headOf(queue).place)) continue
        first = queue
        highest = credit
      }
      return pay(first, total).endpoint
    }

    return {
      pick(endpoints) {
        const begins = list.length === 0
        if (endpoints !== list) schedule(endpoints)
        if (begins) for (let worker = ordinal % endpoints.length; worker > 0; worker--) next()
        return next()
      },
    }
  },
})
