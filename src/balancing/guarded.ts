import type { BalancingStrategy, Logger } from '../plugin/index.ts'

/**
 * A strategy that may be anybody's code: what it throws while it is made or updated is logged, and shows again as the
 * failure of a pick, so of one request. What the hooks around a pick throw is logged once, and the request goes on without.
 * Hooks that the strategy has not are not there either, so nothing is prepared for them.
 */
export function guarded(service: string, make: () => BalancingStrategy, log: Logger): BalancingStrategy {
  let strategy: BalancingStrategy
  try {
    strategy = make()
  } catch (err) {
    log.error({ service, err }, 'a balancing strategy could not be made')
    return {
      pick() {
        throw err
      },
    }
  }
  return {
    pick: (endpoints, context) => strategy.pick(endpoints, context),
    ...(strategy.update && {
      update(endpoints) {
        try {
          strategy.update!(endpoints)
        } catch (err) {
          log.error({ service, err }, 'a balancing strategy failed on an update')
        }
      },
    }),
    ...aroundPicks(
      strategy,
      once((hook, err) => log.error({ service, hook, err }, 'a balancing strategy failed')),
    ),
  }
}

type Complain = (hook: string, err: unknown) => void

function aroundPicks(strategy: BalancingStrategy, complain: Complain): Partial<BalancingStrategy> {
  return {
    ...(strategy.observe && {
      observe(endpoint, latencyMs, failed) {
        try {
          strategy.observe!(endpoint, latencyMs, failed)
        } catch (err) {
          complain('observe', err)
        }
      },
    }),
    ...(strategy.keeps && {
      keeps(context) {
        try {
          return strategy.keeps!(context)
        } catch (err) {
          complain('keeps', err)
          return undefined
        }
      },
    }),
    ...(strategy.score && {
      score(endpoint, context) {
        try {
          return strategy.score!(endpoint, context)
        } catch (err) {
          complain('score', err)
          return Number.NaN
        }
      },
    }),
  }
}

/** These hooks run with every request, and would fill the log. */
function once(complain: Complain): Complain {
  const told = new Set<string>()
  return (hook, err) => {
    if (told.has(hook)) return
    told.add(hook)
    complain(hook, err)
  }
}
