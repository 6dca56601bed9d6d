import type { BalancingStrategy, Endpoint, PickContext } from '../../src/plugin/index.ts'
import { endpoint, pickContext, type ScriptedEndpoint } from '../contract/kit.ts'

const context = pickContext()

/** The ids of `count` picks, one after the other. */
export function sequence(strategy: BalancingStrategy, endpoints: readonly Endpoint[], count: number): string {
  return Array.from({ length: count }, () => strategy.pick(endpoints, context).instance.id).join(' ')
}

/** How often each id comes in `count` picks. */
export function counts(
  strategy: BalancingStrategy,
  endpoints: readonly Endpoint[],
  count: number,
  contextOf: (pick: number) => PickContext = () => context,
) {
  const picks = Object.fromEntries(endpoints.map(({ instance }) => [instance.id, 0]))
  for (let pick = 0; pick < count; pick++) picks[strategy.pick(endpoints, contextOf(pick)).instance.id]!++
  return picks
}

/** Endpoints 0, 1, 2 and so on; `weightOf` says their weights. */
export const numbered = (count: number, weightOf: (at: number) => number = () => 1): ScriptedEndpoint[] =>
  Array.from({ length: count }, (_, at) => endpoint({ id: `10.0.${at >> 8}.${at & 255}:80`, weight: weightOf(at) }))

/** Places `requests` that never end, and returns the most that one endpoint has. */
export function worst(strategy: BalancingStrategy, list: readonly ScriptedEndpoint[], requests: number): number {
  for (let request = 0; request < requests; request++) {
    const picked = strategy.pick(list, pickContext({ inFlight: request })) as ScriptedEndpoint
    picked.inFlight++
  }
  return Math.max(...list.map(({ inFlight }) => inFlight))
}
