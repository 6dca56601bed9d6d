import { defineStrategy } from '../src/plugin/index.ts'

/**
 * Smooth weighted round-robin, as in nginx (ngx_http_upstream_round_robin.c): each pick raises every credit by its
 * weight and the highest pays the total, so weights 5, 1, 1 give a a b a c a a and never a burst of a. Ignores load.
 *
 * Credits follow the instance id, so a change of the list moves nobody else's place. A newcomer begins with none.
 */
export const weighted = defineStrategy({
  name: 'weighted',
  create() {
    const credits = new Map<string, number>()
    return {
      pick(endpoints) {
        let picked = endpoints[0]!
        let highest = Number.NEGATIVE_INFINITY
        let total = 0
        for (let at = 0; at < endpoints.length; at++) {
          const endpoint = endpoints[at]!
          const credit = (credits.get(endpoint.instance.id) ?? 0) + endpoint.weight
          credits.set(endpoint.instance.id, credit)
          total += endpoint.weight
          if (credit <= highest) continue
          highest = credit
          picked = endpoint
        }
        credits.set(picked.instance.id, highest - total)
        return picked
      },
      update(endpoints) {
        const ids = new Set(endpoints.map(({ instance }) => instance.id))
        for (const id of credits.keys()) if (!ids.has(id)) credits.delete(id)
      },
    }
  },
})
