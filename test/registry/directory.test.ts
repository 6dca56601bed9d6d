import { expect, it } from 'vitest'
import type { LiveEndpoint } from '../../src/balancing/index.ts'
import { Directory, fullUpdate } from '../../src/registry/index.ts'
import { pickContext, pluginContext, view } from '../contract/index.ts'

function directory() {
  const left: LiveEndpoint[] = []
  const made: string[] = []
  const context = pluginContext()
  const strategy = (service: string) => {
    made.push(service)
    return { pick: (endpoints: readonly unknown[]) => endpoints[0] as never }
  }
  return {
    context,
    made,
    left,
    directory: new Directory({ log: context.log, strategy, left: (one) => left.push(one) }),
  }
}

it('tells a registry that was never read from a service that is not in it', () => {
  const { directory: empty } = directory()
  expect(() => empty.pool('a')).toThrow(expect.objectContaining({ code: 'GW_REGISTRY_NOT_READY' }))
  empty.apply(fullUpdate(view({})))
  expect(() => empty.pool('a')).toThrow(expect.objectContaining({ code: 'GW_SERVICE_NOT_FOUND' }))
})

it('looks names up and nothing else', () => {
  const { directory: empty } = directory()
  empty.apply(fullUpdate(view({})))
  for (const name of ['__proto__', 'constructor', 'toString']) {
    expect(() => empty.pool(name)).toThrow(expect.objectContaining({ code: 'GW_SERVICE_NOT_FOUND' }))
  }
})

it('keeps a pool, its endpoints and its strategy through the changes of its service', () => {
  const { directory: known, made } = directory()
  known.apply(fullUpdate(view({ a: ['10.0.0.1:80'] })))
  const pool = known.pool('a')
  const [endpoint] = pool.endpoints
  endpoint!.inFlight = 3
  known.apply({ full: false, services: [...view({ a: ['10.0.0.1:80', '10.0.0.2:80'] })], removed: [] })
  expect(known.pool('a')).toBe(pool)
  expect([...pool.endpoints][0]).toBe(endpoint)
  expect(made).toEqual(['a'])
})

it('lets go of what a full view no longer names', () => {
  const { directory: known, left } = directory()
  known.apply(fullUpdate(view({ a: ['10.0.0.1:80'], b: ['10.0.0.2:80'] })))
  known.apply(fullUpdate(view({ b: ['10.0.0.2:80'] })))
  expect(() => known.pool('a')).toThrow()
  expect(left.map(({ instance }) => instance.id)).toEqual(['10.0.0.1:80'])
})

it('confines a strategy that cannot be made to the requests of its service', () => {
  const { log, entries } = pluginContext()
  const broken = new Directory({
    log,
    strategy: () => {
      throw new Error('no such ring')
    },
    left: () => undefined,
  })
  broken.apply(fullUpdate(view({ a: ['10.0.0.1:80'] })))
  expect(() => broken.pool('a').lease(pickContext(), [])).toThrow('no such ring')
  expect(entries.map(({ level }) => level)).toEqual(['error'])
})
