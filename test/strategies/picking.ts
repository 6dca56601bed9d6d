import type { BalancingStrategy, Endpoint } from '../../src/plugin/index.ts'
import { pickContext } from '../contract/kit.ts'

const context = pickContext()

/** The ids of `count` picks, one after the other. */
export function sequence(strategy: BalancingStrategy, endpoints: readonly Endpoint[], count: number): string {
  return Array.from({ length: count }, () => strategy.pick(endpoints, context).instance.id).join(' ')
}

/** How often each id comes in `count` picks. */
export function counts(strategy: BalancingStrategy, endpoints: readonly Endpoint[], count: number) {
  const picks = Object.fromEntries(endpoints.map(({ instance }) => [instance.id, 0]))
  for (let pick = 0; pick < count; pick++) picks[strategy.pick(endpoints, context).instance.id]!++
  return picks
}
