import { describe, expect, test } from 'vitest'
import type { BalancingStrategy, Endpoint } from '../../src/plugin/index.ts'
import { maglev, rendezvous, ringHash } from '../../strategies/index.ts'
import { endpoint, mulberry32, pickContext, pluginContext, type ScriptedEndpoint } from '../contract/kit.ts'
import { counts, numbered } from './picking.ts'

const KEYS = 20_000
const keyed = (key: number) => pickContext({ clientAddress: `10.${key >> 16}.${(key >> 8) & 255}.${key & 255}` })

function made(plugin: typeof maglev, list: readonly Endpoint[], options: object = {}): BalancingStrategy {
  const all = { key: 'client' as const, balance: null, fallback: undefined, ...options }
  const strategy = plugin.create(all, pluginContext({ seed: 12_345 }))
  strategy.update!(list)
  return strategy
}

const ownersOf = (strategy: BalancingStrategy, list: readonly Endpoint[]) =>
  Array.from({ length: KEYS }, (_, key) => strategy.pick(list, keyed(key)))

// `most`: how far a share may be off. A ring of v points is off by 1 / sqrt(v) of it as a rule, the others by their keys' chance.
describe.each([
  ['ring-hash', ringHash, { moves: 1, most: 0.4 }],
  ['maglev', maglev, { moves: 1.3, most: 0.1 }],
  ['rendezvous', rendezvous, { moves: 1, most: 0.1 }],
] as const)('%s', (_name, plugin, { moves, most }) => {
  test('gives each endpoint its share', () => {
    const list = numbered(10)
    for (const count of Object.values(counts(made(plugin, list), list, KEYS, keyed)))
      expect(Math.abs(count / KEYS - 0.1)).toBeLessThan(0.1 * most)
  })

  test('gives shares by weight', () => {
    const list = numbered(10, (at) => (at < 5 ? 1 : 3))
    const shares = Object.values(counts(made(plugin, list), list, KEYS, keyed))
    const heavy = shares.slice(5).reduce((sum, count) => sum + count, 0)
    expect(Math.abs(heavy / KEYS - 0.75)).toBeLessThan(0.75 * most * 0.25)
  })

  test.each([3, 10, 50])('when one of %i leaves, moves its keys and few others', (count) => {
    const list = numbered(count)
    const strategy = made(plugin, list)
    const before = ownersOf(strategy, list)
    const left = list[1]
    const rest = list.filter((each) => each !== left)
    strategy.update!(rest)
    const after = ownersOf(strategy, rest)
    const moved = before.filter((owner, key) => owner !== after[key]).length
    const its = before.filter((owner) => owner === left).length
    expect(moved).toBeGreaterThanOrEqual(its)
    expect(moved).toBeLessThanOrEqual((1.3 * KEYS) / count)
    expect(moved).toBeLessThanOrEqual(its * moves)
    strategy.update!(list)
    expect(ownersOf(strategy, list)).toEqual(before)
  })

  test('gives a newcomer its share, taken from all', () => {
    const list = numbered(10)
    const strategy = made(plugin, list.slice(1))
    const before = ownersOf(strategy, list.slice(1))
    strategy.update!(list)
    const after = ownersOf(strategy, list)
    const moved = before.filter((owner, key) => owner !== after[key]).length
    expect(moved).toBeLessThanOrEqual((KEYS / 10) * Math.max(moves, 1 + most))
    expect(new Set(before.filter((owner, key) => owner !== after[key])).size).toBe(9)
  })

  test('decides by the ids alone: neither by the order of the list, nor by what was there before', () => {
    const list = numbered(12, (at) => 1 + (at % 3))
    const [one, other] = [made(plugin, list), made(plugin, numbered(5))]
    ownersOf(other, numbered(5))
    for (const size of [8, 3, 12]) other.update!(list.slice(0, size))
    const shuffled = list.toReversed()
    other.update!(shuffled)
    expect(ownersOf(other, shuffled)).toEqual(ownersOf(one, list))
  })

  test('carries the keys of one that is left out to others, and brings them back', () => {
    const list = numbered(10)
    const strategy = made(plugin, list)
    const before = ownersOf(strategy, list)
    const offered = list.slice(1)
    const meanwhile = ownersOf(strategy, offered)
    expect(meanwhile).not.toContain(list[0])
    for (const [key, owner] of before.entries()) if (owner !== list[0]) expect(meanwhile[key]).toBe(owner)
    expect(new Set(meanwhile.filter((_, key) => before[key] === list[0])).size).toBe(9)
    expect(ownersOf(strategy, list)).toEqual(before)
  })

  test('moves no key of those that stay when very few of many are offered, as of a tier of spares, and one is left out', () => {
    const all = numbered(1000)
    const strategy = made(plugin, all)
    const few = all.slice(100, 105)
    const before = ownersOf(strategy, few)
    expect(new Set(before).size).toBe(few.length)
    const after = ownersOf(strategy, few.slice(1))
    for (const [key, owner] of before.entries()) if (owner !== few[0]) expect(after[key]).toBe(owner)
  })

  test('keeps to the bound of load, however uneven the keys are', () => {
    const random = mulberry32(12_345)
    const list = numbered(10, (at) => (at < 5 ? 1 : 2))
    const strategy = made(plugin, list, { balance: 1.25 })
    const held: ScriptedEndpoint[] = []
    for (let request = 0; request < 20_000; request++) {
      // A third of all requests have the same key, and a request ends now and then.
      const key = random() < 1 / 3 ? 0 : Math.floor(random() * 1000)
      const picked = strategy.pick(list, { ...keyed(key), inFlight: held.length }) as ScriptedEndpoint
      picked.inFlight++
      held.push(picked)
      expect(picked.inFlight).toBeLessThanOrEqual(Math.ceil((1.25 * held.length * picked.weight) / 15))
      if (held.length > 200 || random() < 0.4) held.splice(Math.floor(random() * held.length), 1)[0]!.inFlight--
    }
  })

  test('sends requests without the key to the fallback, and tells it what happens', () => {
    const told: string[] = []
    const spare = endpoint({ id: 'spare' })
    const fallback: BalancingStrategy = {
      pick: () => spare,
      update: () => told.push('update'),
      observe: () => told.push('observe'),
    }
    const options = { key: { header: 'x-user' }, balance: null }
    const strategy = plugin.create(options as never, pluginContext({ inner: () => fallback }))
    const list = numbered(3)
    strategy.update!(list)
    expect(strategy.pick(list, pickContext())).toBe(spare)
    expect(strategy.pick(list, pickContext({ header: () => '' }))).toBe(spare)
    expect(list).toContain(strategy.pick(list, pickContext({ header: () => 'ada' })))
    strategy.observe!(list[0]!, 1, false)
    expect(told).toEqual(['update', 'observe'])
  })
})

test.each([
  [{ key: { headr: 'x' } }, 'Unrecognized key'],
  [{ key: {} }, 'must be one of header, cookie, query'],
  [{ key: { header: 'x', cookie: 'y' } }, 'must be one of header, cookie, query'],
  [{ balance: '90%' }, 'is less than 100%'],
])('refuses %j', async (options, message) => {
  const result = await maglev.options!['~standard'].validate(options)
  expect(JSON.stringify(result.issues)).toContain(message)
})

describe('the key', () => {
  const list = numbered(50)
  const target = '/a/b?page=1&id=7&myid=9'
  const header = (name: string) => ({ cookie: 'mysid=0; sid=abc; other=1', 'x-user': 'ada' })[name]
  const context = pickContext({ path: target, clientAddress: '10.0.0.7', header })
  const by = (key: unknown) => made(rendezvous, list, { key }).pick(list, context)
  const ofClient = (clientAddress: string) => made(rendezvous, list).pick(list, pickContext({ clientAddress }))

  test.each([
    ['client', '10.0.0.7'],
    ['path', '/a/b'],
    [{ header: 'x-user' }, 'ada'],
    [{ cookie: 'sid' }, 'abc'],
    [{ query: 'id' }, '7'],
    [{ query: 'page' }, '1'],
    [{ query: 'myid' }, '9'],
  ])('%j is read', (key, value) => {
    expect(by(key)).toBe(ofClient(value))
  })

  test.each([[{ header: 'x-none' }], [{ cookie: 'si' }], [{ query: 'i' }], [{ query: 'b' }]])(
    '%j is missing',
    (key) => {
      const spare = endpoint({ id: 'spare' })
      const context2 = pluginContext({ inner: () => ({ pick: () => spare }) })
      const strategy = rendezvous.create({ key, balance: null, fallback: undefined } as never, context2)
      expect(strategy.pick(list, context)).toBe(spare)
    },
  )
})

describe.each([
  ['ring-hash', ringHash],
  ['maglev', maglev],
  ['rendezvous', rendezvous],
] as const)('%s, of thousands', (_name, plugin) => {
  const list = numbered(4000, (at) => (at === 0 ? 1e6 : 1e-6))

  test('gives nearly all keys to one that weighs nearly everything', () => {
    const strategy = made(plugin, list)
    const heavy = ownersOf(strategy, list).filter((owner) => owner === list[0]).length
    expect(heavy / KEYS).toBeGreaterThan(0.98)
  })

  test('has the owners after many have joined that it would have if they had been there before', () => {
    const strategy = made(plugin, list.slice(1, 2001))
    ownersOf(strategy, list.slice(1, 2001))
    strategy.update!(list)
    expect(ownersOf(strategy, list)).toEqual(ownersOf(made(plugin, list), list))
  })
})
