import type { Endpoint } from './endpoint.ts'

/**
 * Works something out once for each list of endpoints that `pick` is given, and forgets it with the list: sums, subsets,
 * schedules. Lists never change, so it stays right; and there may be several at a time, by priority or after failures.
 */
export function perList<T extends {}>(
  compute: (endpoints: readonly Endpoint[]) => T,
): (endpoints: readonly Endpoint[]) => T {
  const known = new WeakMap<readonly Endpoint[], T>()
  let list: readonly Endpoint[] | undefined
  let value: T | undefined
  return (endpoints) => {
    if (endpoints === list) return value!
    list = endpoints
    value = known.get(endpoints) ?? compute(endpoints)
    known.set(endpoints, value)
    return value
  }
}
