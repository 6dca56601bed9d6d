import type { BalancingStrategy, Logger } from '../plugin/index.ts'

/**
 * A strategy that may be anybody's code: what it throws while it is made or updated is logged, and shows again as the
 * failure of a pick, so of one request. It never reaches the directory.
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
    // Without one of its own it is spared the list that one would be given.
    ...(strategy.update && {
      update(endpoints) {
        try {
          strategy.update!(endpoints)
        } catch (err) {
          log.error({ service, err }, 'a balancing strategy failed on an update')
        }
      },
    }),
  }
}
