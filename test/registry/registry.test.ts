import { expect, it } from 'vitest'
import { Registry, type RegistryUpdate } from '../../src/registry/index.ts'
import { fail, pluginContext, type Step, scripted, view } from '../contract/index.ts'

async function played(...steps: Step[]) {
  const context = pluginContext()
  const adapter = scripted(...steps)
  const registry = new Registry(adapter, { log: context.log, now: context.now, delayMs: () => 0 })
  const updates: RegistryUpdate[] = []
  registry.subscribe((update) => updates.push(update))
  registry.start()
  await adapter.played
  return { context, registry, updates }
}

it('is pending before the first view, live with it, and stale once it cannot be read', async () => {
  expect((await played()).registry.status.state).toBe('pending')
  expect((await played(view({ a: ['10.0.0.1:80'] }))).registry.status).toMatchObject({
    state: 'live',
    services: 1,
    instances: 1,
  })
  const { registry, context } = await played(view({ a: [] }), fail('lost'))
  context.advance(5000)
  expect(registry.status).toMatchObject({ state: 'stale', ageMs: 5000, services: 1 })
})

it('tells a subscriber everything first and then only what changes', async () => {
  const { updates, registry } = await played(view({ a: [] }), view({ a: [] }), view({ a: [], b: [] }))
  expect(updates).toEqual([
    { full: true, services: [['a', []]], removed: [] },
    { full: false, services: [['b', []]], removed: [] },
  ])
  const late: RegistryUpdate[] = []
  registry.subscribe((update) => late.push(update))
  expect(late).toMatchObject([
    {
      full: true,
      services: [
        ['a', []],
        ['b', []],
      ],
    },
  ])
})

it('says once that the registry cannot be read, and once that it is back', async () => {
  const { context } = await played(view({ a: [] }), fail('lost'), fail('down'), fail('down'), view({ a: [] }))
  const said = context.entries.filter(({ level }) => level !== 'debug').map(({ message }) => message)
  expect(said).toEqual(['the registry cannot be read', 'the registry is back'])
})

it('fills in what an adapter leaves out of an instance', async () => {
  const short = new Map([['a', [{ host: '10.0.0.1', port: 80 }]]]) as never
  const { registry } = await played(short)
  expect(registry.view?.get('a')).toMatchObject([{ id: '10.0.0.1:80', weight: 1, status: 'up', tls: false }])
})

it('leaves out what cannot be used, with a warning, and keeps its neighbours', async () => {
  const good = { host: '10.0.0.1', port: 80 }
  const bad = [{ host: 'a b', port: 80 }, { host: '10.0.0.1', port: 0 }, { ...good, weight: -1 }, good, null]
  const mixed = new Map<string, unknown>([
    ['a', [good, ...bad]],
    ['../x', []],
    ['b', 'no list'],
    ['c', []],
  ])
  const { registry, context } = await played(mixed as never)
  expect([...registry.view!].map(([name]) => name)).toEqual(['a', 'c'])
  expect(registry.view!.get('a')).toHaveLength(1)
  expect(context.warnings).toHaveLength(7)
})

it('goes stale when an adapter yields what is no view', async () => {
  const { registry } = await played(view({ a: [] }), 'nonsense' as never)
  expect(registry.status).toMatchObject({ state: 'stale', services: 1 })
})

it('checks an unchanged list once', async () => {
  const list = [{ host: 'a b', port: 80 }]
  const { context } = await played(new Map([['a', list]]) as never, new Map([['a', list]]) as never)
  expect(context.warnings).toHaveLength(1)
})
