import { expect, it } from 'vitest'
import { guarded } from '../../src/balancing/index.ts'
import type { BalancingStrategy } from '../../src/plugin/index.ts'
import { endpoint, pickContext, pluginContext } from '../contract/kit.ts'

const a = endpoint({ id: 'a' })
const oops = () => {
  throw new Error('oops')
}
const pick: BalancingStrategy['pick'] = ([first]) => first!

function guard(strategy: Partial<BalancingStrategy> | (() => never)) {
  const context = pluginContext()
  const make = typeof strategy === 'function' ? strategy : () => ({ pick, ...strategy })
  return { strategy: guarded('a', make, context.log), entries: context.entries }
}

it('fails the picks, and nothing else, of a strategy that could not be made', () => {
  const { strategy, entries } = guard(oops)
  expect(entries).toMatchObject([{ level: 'error', fields: { service: 'a' } }])
  strategy.update?.([a])
  expect(() => strategy.pick([a], pickContext())).toThrow('oops')
})

it('logs what an update throws, each time', () => {
  const { strategy, entries } = guard({ update: oops })
  strategy.update!([a])
  strategy.update!([a])
  expect(entries).toHaveLength(2)
})

it('goes on without the hooks that throw, and logs each of them once', () => {
  const { strategy, entries } = guard({ observe: oops, keeps: oops, score: oops })
  for (let request = 0; request < 3; request++) {
    strategy.observe!(a, 1, false)
    expect(strategy.keeps!(pickContext())).toBeUndefined()
    expect(strategy.score!(a, pickContext(), [a])).toBeNaN()
    expect(strategy.pick([a], pickContext())).toBe(a)
  }
  expect(entries.map(({ fields }) => (fields as { hook: string }).hook)).toEqual(['observe', 'keeps', 'score'])
})

it('hands on what the hooks are told and say', () => {
  const told: unknown[] = []
  const { strategy } = guard({
    observe: (...what) => told.push(...what),
    keeps: () => a,
    score: ({ weight }, { inFlight }) => weight + inFlight,
  })
  strategy.observe!(a, 7, true)
  expect(told).toEqual([a, 7, true])
  expect(strategy.keeps!(pickContext())).toBe(a)
  expect(strategy.score!(a, pickContext({ inFlight: 4 }), [a])).toBe(5)
})

it('does nothing where the strategy has no hook', () => {
  const { strategy, entries } = guard({})
  strategy.observe!(a, 1, false)
  expect(strategy.update).toBeUndefined()
  expect(strategy.keeps!(pickContext())).toBeUndefined()
  expect(strategy.score!(a, pickContext(), [a])).toBeNaN()
  expect(entries).toEqual([])
})
