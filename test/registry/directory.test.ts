import { expect, it } from 'vitest'
import type { LiveEndpoint } from '../../src/balancing/index.ts'
import { Directory } from '../../src/registry/index.ts'
import { pickContext, pluginContext, view } from '../contract/index.ts'
import { tableOf } from '../support/table.ts'

function directory() {
  const left: LiveEndpoint[] = []
  const made: string[] = []
  const told: string[] = []
  const context = pluginContext()
  const strategy = (service: string) => {
    made.push(service)
    return { pick: (endpoints: readonly unknown[]) => endpoints[0] as never }
  }
  return {
    context,
    made,
    left,
    told,
    directory: new Directory({
      log: context.log,
      now: context.now,
      strategy,
      left: (one) => left.push(one),
      unreachable: (service, id) => told.push(`${service} ${id}`),
    }),
  }
}

it('tells a registry that was never read from a service that is not in it', () => {
  const { directory: empty } = directory()
  expect(() => empty.pool('a')).toThrow(expect.objectContaining({ code: 'GW_REGISTRY_NOT_READY' }))
  empty.apply(tableOf(view({})))
  expect(() => empty.pool('a')).toThrow(expect.objectContaining({ code: 'GW_SERVICE_NOT_FOUND' }))
})

it('looks names up and nothing else', () => {
  const { directory: empty } = directory()
  empty.apply(tableOf(view({})))
  for (const name of ['__proto__', 'constructor', 'toString']) {
    expect(() => empty.pool(name)).toThrow(expect.objectContaining({ code: 'GW_SERVICE_NOT_FOUND' }))
  }
})

it('keeps a pool, its endpoints and its strategy through the changes of its service', () => {
  const { directory: known, made } = directory()
  known.apply(tableOf(view({ a: ['10.0.0.1:80'] })))
  const pool = known.pool('a')
  const [endpoint] = pool.endpoints
  endpoint!.inFlight = 3
  known.apply(tableOf(view({ a: ['10.0.0.1:80', '10.0.0.2:80'] })))
  expect(known.pool('a')).toBe(pool)
  expect([...pool.endpoints][0]).toBe(endpoint)
  expect(made).toEqual(['a'])
})

it('lets go of what is no more', () => {
  const { directory: known, left } = directory()
  known.apply(tableOf(view({ a: ['10.0.0.1:80'], b: ['10.0.0.2:80'] })))
  known.apply({ services: [], removed: ['a'], complete: true })
  expect(() => known.pool('a')).toThrow()
  expect(left.map(({ instance }) => instance.id)).toEqual(['10.0.0.1:80'])
})

it('does not know what is unknown before it has been told everything', () => {
  const { directory: half } = directory()
  half.apply({ ...tableOf(view({ a: ['10.0.0.1:80'] })), complete: false })
  expect(half.pool('a').service).toBe('a')
  expect(() => half.pool('b')).toThrow(expect.objectContaining({ code: 'GW_REGISTRY_NOT_READY' }))
  half.apply({ services: [], removed: [], complete: true })
  expect(() => half.pool('b')).toThrow(expect.objectContaining({ code: 'GW_SERVICE_NOT_FOUND' }))
})

it('lets go of an instance that is only kept when it cannot be connected to, and of no other', () => {
  const { directory: known, left } = directory()
  const instances = view({ a: ['10.0.0.1:80', '10.0.0.2:80'] }).get('a')!
  known.apply({ services: [{ name: 'a', instances, held: ['10.0.0.2:80'] }], removed: [], complete: true })
  const pool = known.pool('a')
  const [named, kept] = [...pool.endpoints]
  expect(known.unreachable(pool, named!)).toBe(false)
  expect(known.unreachable(pool, kept!)).toBe(true)
  expect([...pool.endpoints]).toEqual([named])
  expect(left).toEqual([kept])
})

it('tells of an instance that cannot be connected to at most once a second', () => {
  const { directory: known, context, told } = directory()
  known.apply(tableOf(view({ a: ['10.0.0.1:80'] })))
  const pool = known.pool('a')
  const [endpoint] = pool.endpoints
  for (const passedMs of [0, 0, 999, 1, 0]) {
    context.advance(passedMs)
    known.unreachable(pool, endpoint!)
  }
  expect(told).toEqual(['a 10.0.0.1:80', 'a 10.0.0.1:80'])
})

it('confines a strategy that cannot be made to the requests of its service', () => {
  const { log, entries } = pluginContext()
  const broken = new Directory({
    log,
    strategy: () => {
      throw new Error('no such ring')
    },
    left: () => undefined,
    unreachable: () => undefined,
    now: () => 0,
  })
  broken.apply(tableOf(view({ a: ['10.0.0.1:80'] })))
  expect(() => broken.pool('a').lease(pickContext(), [])).toThrow('no such ring')
  expect(entries.map(({ level }) => level)).toEqual(['error'])
})
