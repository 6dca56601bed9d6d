import { describe, expect, test } from 'vitest'
import { type BalancingStrategy, defineStrategy, type Endpoint, type StrategyPlugin } from '../../src/plugin/index.ts'
import { strategies } from '../../strategies/index.ts'
import { strategyContract } from '../contract/strategy.ts'

const REQUIRED: Readonly<Record<string, object>> = {
  sticky: { secret: '0123456789abcdef' },
  'zone-aware': { zone: 'eu-1a' },
}

for (const plugin of strategies as readonly StrategyPlugin[]) {
  describe(plugin.name, () => {
    for (const law of strategyContract(plugin, REQUIRED[plugin.name])) test(law.name, () => law.run())
  })
}

describe.each([
  ['rendezvous', { key: { header: 'x-user' }, balance: '100%' }],
  ['ring-hash', { key: 'path', balance: '100%' }],
  ['maglev', { key: { cookie: 'sid' } }],
] as const)('%s with %j', (name, options) => {
  const plugin = (strategies as readonly StrategyPlugin[]).find((each) => each.name === name)!
  for (const law of strategyContract(plugin, options)) test(law.name, () => law.run())
})

let shared = 0
const first: BalancingStrategy = { pick: ([one]) => one! }
const lawbreakers: [string, () => BalancingStrategy][] = [
  ['reaches every endpoint', () => ({ pick: (endpoints) => endpoints[0]! })],
  ['survives a list that grows', onlyTheFirstTwo],
  ['survives a list that shrinks', () => ({ pick: (endpoints) => endpoints[shared++ % 6]! })],
  ['survives an entirely new list', () => ({ pick: (endpoints) => endpoints.toSorted(byId)[shared++ % 3]! })],
  ['picks before any update', onlyWhatUpdateTold],
  ['picks from the list at hand when endpoints are left out', onlyWhatUpdateTold],
  ['picks from whichever list is given, an old one again included', onlyWhatUpdateTold],
  ['takes what it is told of attempts, also at endpoints that it does not know', forgetsStrangers],
  ['keeps a session at an endpoint that it was told of, or at none', keepsForEver],
  ['tells its scores as numbers', () => ({ ...first, score: ({ latencyMs }) => latencyMs / 0 })],
  ['answers at once, not with a promise', () => ({ pick: async (list: Endpoint[]) => list[0] }) as never],
  ['shares no state between two of its kind', () => ({ pick: (endpoints) => endpoints[shared++ % endpoints.length]! })],
  ['survives a list in another order', () => ({ pick: (endpoints) => (endpoints as Endpoint[]).sort(byId)[0]! })],
]

describe('the contract', () => {
  test.each(lawbreakers)('finds a strategy that breaks "%s"', async (name, create) => {
    const broken = defineStrategy({ name: 'broken', create })
    const law = strategyContract(broken).find((each) => each.name === name)!
    await expect((async () => law.run())()).rejects.toThrow()
  })
})

function onlyWhatUpdateTold(): BalancingStrategy {
  let told: readonly Endpoint[] = []
  let turn = 0
  return {
    pick: () => told[turn++ % told.length]!,
    update(endpoints) {
      told = endpoints
    },
  }
}

function forgetsStrangers(): BalancingStrategy {
  const known = new Map<Endpoint, number[]>()
  const update = (endpoints: readonly Endpoint[]) => {
    for (const endpoint of endpoints) known.set(endpoint, [])
  }
  return { ...first, update, observe: (endpoint, latencyMs) => known.get(endpoint)!.push(latencyMs) }
}

function keepsForEver(): BalancingStrategy {
  let kept: Endpoint | undefined
  const update = ([one]: readonly Endpoint[]) => {
    kept ??= one
  }
  return { ...first, update, keeps: () => kept }
}

function onlyTheFirstTwo(): BalancingStrategy {
  const turns = [0, 1]
  return { pick: (endpoints) => endpoints[turns.reverse()[0]! % endpoints.length]! }
}

function byId(one: Endpoint, other: Endpoint): number {
  return one.instance.id < other.instance.id ? -1 : 1
}
