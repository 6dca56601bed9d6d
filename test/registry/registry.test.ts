import { describe, expect, it } from 'vitest'
import type { RegistryUpdate } from '../../src/registry/index.ts'
import { fail, scripted, view } from '../contract/index.ts'
import { until } from '../support/until.ts'
import { A, B, played, specOf, started } from './started.ts'

describe('one registry', () => {
  it('is pending before the first view, live with it, and stale once it cannot be read', async () => {
    expect((await played()).registry.status.state).toBe('pending')
    const live = { state: 'live', services: 1, instances: 1 }
    expect((await played(view({ a: [A] }))).registry.status).toMatchObject(live)
    const { registry, context } = await played(view({ a: [] }), fail('lost'))
    context.advance(5000)
    expect(registry.status).toMatchObject({ state: 'stale', ageMs: 5000, services: 1 })
    expect(registry.sources).toMatchObject([{ name: 'one', type: 'scripted', state: 'stale', reason: 'lost' }])
  })

  it('says once what it was found to hold', async () => {
    const { told } = await played(view({ a: [A, B], b: [] }), view({ a: [A] }), fail('lost'), view({ a: [A] }))
    const lines = told().filter(({ message }) => message === 'the registry has been read')
    expect(lines.map(({ fields }) => fields)).toEqual([{ registry: 'one', services: 2, instances: 2, tookMs: 0 }])
  })

  it('tells a subscriber what changes, and when everything has been told', async () => {
    const { updates, registry } = await played(
      view({ a: [] }),
      view({ a: [] }),
      view({ a: [], b: [] }),
      view({ b: [] }),
    )
    expect(updates).toEqual([
      { services: [{ name: 'a', instances: [] }], removed: [], complete: false },
      { services: [], removed: [], complete: true },
      { services: [{ name: 'b', instances: [] }], removed: [], complete: true },
      { services: [], removed: ['a'], complete: true },
    ])
    expect(registry.status.version).toBe(3)
    const late: RegistryUpdate[] = []
    registry.subscribe((update) => late.push(update))
    expect(late).toEqual([
      { services: [{ name: 'b', instances: [] }], removed: [], complete: false },
      { services: [], removed: [], complete: true },
    ])
  })

  it('tells nobody of a view that says the same in other objects', async () => {
    const { updates } = await played(view({ a: [A] }), view({ a: [A] }))
    expect(updates).toHaveLength(2)
  })

  it('says once that it cannot be read, and once that it is back', async () => {
    const { said } = await played(view({ a: [] }), fail('lost'), fail('down'), fail('down'), view({ a: [] }))
    expect(said()).toEqual(['the registry cannot be read', 'the registry is back'])
  })

  it('fills in what an adapter leaves out of an instance', async () => {
    const { registry } = await played(new Map([['a', [{ host: '10.0.0.1', port: 80 }]]]) as never)
    const expected = { id: A, weight: 1, status: 'up', tls: false }
    expect(registry.table.get('a')?.instances).toMatchObject([expected])
  })

  it('fills in what an adapter says is undefined, and leaves out what no worker could do anything with', async () => {
    const unsaid = { weight: undefined, status: undefined, metadata: undefined, tls: undefined, id: undefined }
    const list = [
      { host: '10.0.0.1', port: 80, ...unsaid },
      { host: '10.0.0.2', port: 80, metadata: null },
      { host: '10.0.0.3', port: 80, status: 'UP' },
      { host: '10.0.0.4', port: 80, id: 7 },
    ]
    const { registry } = await played(new Map([['a', list]]) as never)
    expect(registry.table.get('a')?.instances).toEqual([
      { id: A, host: '10.0.0.1', port: 80, weight: 1, status: 'up', tls: false, metadata: {} },
    ])
    expect(registry.sources[0]!.leftOut).toHaveLength(3)
  })

  it('leaves out what cannot be used, with a warning each, keeps its neighbours, and shows what it left out', async () => {
    const good = { host: '10.0.0.1', port: 80 }
    const bad = [{ host: 'a b', port: 80 }, { host: '10.0.0.1', port: 0 }, { ...good, weight: -1 }, good, null]
    const mixed = new Map<string, unknown>([
      ['a', [good, ...bad]],
      ['../x', []],
      ['b', 'no list'],
      ['c', []],
    ])
    const { registry, context } = await played(mixed as never)
    expect([...registry.table.keys()]).toEqual(['a', 'c'])
    expect(registry.table.get('a')?.instances).toHaveLength(1)
    expect(context.warnings).toHaveLength(7)
    expect(registry.sources[0]!.leftOut.map(({ place }) => place)).toEqual([...Array(5).fill('a'), '../x', 'b'])
  })

  it('is stale when an adapter yields what is no view', async () => {
    const { registry } = await played(view({ a: [] }), 'nonsense' as never)
    expect(registry.status).toMatchObject({ state: 'stale', services: 1 })
  })

  it('warns of an unchanged list once', async () => {
    const list = () => new Map([['a', [{ host: 'a b', port: 80 }]]]) as never
    expect((await played(list(), list())).context.warnings).toHaveLength(1)
  })

  it('takes in a large view in turns, and is complete at its end', async () => {
    const names = Array.from({ length: 3000 }, (_, at) => `s${at}`)
    const { updates } = await played(view(Object.fromEntries(names.map((name) => [name, [A]]))))
    expect(updates.length).toBeGreaterThan(5)
    expect(updates.map(({ complete }) => complete)).toEqual([...Array(updates.length - 1).fill(false), true])
  })
})

describe('what a registry has lost', () => {
  const window = { settleMs: 1000 }

  it('is kept, told of once, shown, and let go at an operator’s word', async () => {
    const adapter = scripted(view({ a: [A], b: [B] }), view({}))
    const { registry, serves, said } = started(specOf(adapter, window))
    await adapter.played
    expect([serves('a'), serves('b')]).toEqual([[A], [B]])
    expect(said()).toEqual(['instances have left the registry; they are kept for now'])
    const [{ held }] = registry.sources as [(typeof registry.sources)[0]]
    expect(held.map(({ service, reason }) => `${service} ${reason}`)).toEqual(['a last-instance', 'b last-instance'])
    expect(registry.accept('a')).toBe(1)
    expect([serves('a'), serves('b')]).toEqual([undefined, [B]])
    expect(registry.accept()).toBe(1)
    expect(serves('b')).toBeUndefined()
  })

  it('is let go when it cannot be connected to', async () => {
    const adapter = scripted(view({ a: [A], b: [B] }), view({}))
    const { registry, serves, updates } = started(specOf(adapter, window))
    await adapter.played
    registry.unreachable('a', A)
    expect([serves('a'), serves('b')]).toEqual([undefined, [B]])
    expect(updates.at(-1)).toEqual({ services: [], removed: ['a'], complete: true })
  })

  it('is tried, and let go when there is no way to it, though nobody has asked for it', async () => {
    const adapter = scripted(view({ a: [A], b: [B] }), view({ a: [], b: [] }))
    const { serves, reached } = started(specOf(adapter, window))
    reached.add(B)
    await adapter.played
    expect([serves('a'), serves('b')]).toEqual([[A], [B]])
    await until('the dead is let go', () => serves('a')?.length === 0)
    expect(serves('b')).toEqual([B])
  })

  it('is tried in turn when it is much', async () => {
    const addresses = Array.from({ length: 250 }, (_, at) => `10.0.1.${at}:80`)
    const adapter = scripted(view({ a: addresses }), view({ a: [] }))
    const { serves } = started(specOf(adapter, window))
    await adapter.played
    expect(serves('a')).toHaveLength(250)
    await until('all of them are let go', () => serves('a')?.length === 0)
  })

  it('is let go when the time has come', async () => {
    const adapter = scripted(view({ a: [A] }), view({ a: [] }))
    const { serves, context, said } = started(specOf(adapter, { settleMs: 200 }))
    await adapter.played
    expect(serves('a')).toEqual([A])
    context.advance(200)
    await until('it is let go', () => serves('a')?.length === 0)
    expect(said()).toContain('instances that had left the registry are let go')
  })
})

describe('an instance that fails while the registry cannot be read', () => {
  it('is not served, until it can be connected to again', async () => {
    const adapter = scripted(view({ a: [A, B] }), fail('lost'))
    const { registry, serves, reached } = started(specOf(adapter, { settleMs: 1000 }))
    await adapter.played
    registry.unreachable('a', A)
    expect(serves('a')).toEqual([B])
    reached.add(A)
    await until('it is served again', () => serves('a')?.length === 2)
  })
})
