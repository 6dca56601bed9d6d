import { expect, it } from 'vitest'
import type { LiveEndpoint } from '../../src/balancing/index.ts'
import { instance } from '../../src/plugin/index.ts'
import type { Served } from '../../src/registry/guard.ts'
import { Directory } from '../../src/registry/index.ts'
import { serviceChange, serviceUpdate } from '../../src/registry/update.ts'
import { mulberry32, pickContext, pluginContext, view } from '../contract/index.ts'
import { poolOptions } from '../support/pool.ts'
import { tableOf } from '../support/table.ts'

const [A, B] = ['10.0.0.1:80', '10.0.0.2:80']
const both = view({ a: [A, B] }).get('a')!

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
      pool: () => poolOptions(),
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

it('says of a dropped pool that the registry does not name its service: requests may still wait for it', () => {
  const { directory: known } = directory()
  known.apply(tableOf(view({ a: [A] })))
  const pool = known.pool('a')
  known.apply({ services: [], removed: ['a'], complete: true })
  expect([pool.registered, [...pool.endpoints]]).toEqual([false, []])
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
  const { directory: known, left, told } = directory()
  known.apply({ services: [{ name: 'a', instances: both, held: [B] }], removed: [], complete: true })
  const pool = known.pool('a')
  const [named, kept] = [...pool.endpoints]
  expect(known.unreachable(pool, named!)).toBe(false)
  expect(known.unreachable(pool, kept!)).toBe(true)
  expect(pool.lease(pickContext(), [])!.endpoint).toBe(named)
  expect(pool.lease(pickContext(), [named!])).toBeUndefined()
  expect(left).toEqual([kept])
  expect(told).toEqual([`a ${A}`, `a ${B}`])
})

it('picks an instance that it has let go of once the registry names it again, though nothing else of it has changed', () => {
  const { directory: known } = directory()
  known.apply({ services: [{ name: 'a', instances: both, held: [B] }], removed: [], complete: true })
  const pool = known.pool('a')
  const [named, kept] = [...pool.endpoints]
  known.unreachable(pool, kept!)
  known.apply({ services: [{ name: 'a', instances: [], gone: [] }], removed: [], complete: true })
  expect(pool.lease(pickContext(), [named!])!.endpoint).toBe(kept)
})

it('leaves aside what has changed in a service that it has not been told of yet', () => {
  const { directory: half } = directory()
  half.apply({ services: [{ name: 'a', instances: [both[0]!], gone: [] }], removed: [], complete: false })
  half.apply(tableOf(view({ a: [A, B] })))
  expect([...half.pool('a').endpoints].map(({ instance: { id } }) => id)).toEqual([A, B])
})

it('has by its changes what it would have been told as a whole', () => {
  const { directory: known } = directory()
  const random = mulberry32(7)
  const chance = (share: number) => random() < share
  let before: Served = { instances: [], held: [], absent: false }
  known.apply({ services: [serviceUpdate('a', before)], removed: [], complete: true })
  for (let round = 0; round < 500; round++) {
    const instances = Array.from({ length: 12 }, (_, at) => at + 1)
      .filter(() => chance(0.6))
      .map((port) => instance({ host: '10.0.0.1', port, weight: chance(0.2) ? 2 : 1 }))
    const held = instances.filter(() => chance(0.1)).map(({ id }) => id)
    const after = { instances, held, absent: chance(0.1) }
    const update = { services: [serviceChange('a', before, after)], removed: [], complete: true }
    known.apply(JSON.parse(JSON.stringify(update)))
    const pool = known.pool('a')
    const endpoints = new Map([...pool.endpoints].map((one) => [one.instance.id, one]))
    expect([...endpoints.keys()].sort()).toEqual(instances.map(({ id }) => id).sort())
    for (const one of instances) expect(endpoints.get(one.id)!.instance).toEqual(one)
    expect(
      [...endpoints.values()]
        .filter((one) => one.held)
        .map((one) => one.instance.id)
        .sort(),
    ).toEqual(held.sort())
    expect(pool.registered).toBe(!after.absent)
    before = after
  }
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
    pool: () => poolOptions(),
    left: () => undefined,
    unreachable: () => undefined,
    now: () => 0,
  })
  broken.apply(tableOf(view({ a: ['10.0.0.1:80'] })))
  expect(() => broken.pool('a').lease(pickContext(), [])).toThrow('no such ring')
  expect(entries.map(({ level }) => level)).toEqual(['error'])
})

it('passes verdicts of active probes on to their instance, and leaves aside those about nobody it knows', () => {
  const { directory: known } = directory()
  known.apply(tableOf(view({ a: [A, B] })))
  known.verdict('a', A, false)
  known.verdict('a', 'nobody', false)
  known.verdict('nothing', A, false)
  const [first, second] = [...known.pool('a').endpoints]
  expect([known.pool('a').why(first!), known.pool('a').why(second!)]).toEqual(['probe failed', undefined])
})

it('keeps ejections and verdicts through the changes of the service', () => {
  const { directory: known } = directory()
  known.apply(tableOf(view({ a: [A, B, '10.0.0.3:80'] })))
  const pool = known.pool('a')
  const [first, second] = [...pool.endpoints]
  pool.eject(first!, 1000)
  known.verdict('a', B, false)
  known.apply(tableOf(view({ a: [A, B, '10.0.0.3:80', '10.0.0.4:80'] })))
  expect([pool.why(first!), pool.why(second!)]).toEqual(['ejected', 'probe failed'])
})

it('logs when a service has too few healthy instances, and when it has enough again', () => {
  const { directory: known, context } = directory()
  known.apply(tableOf(view({ a: [A, B] })))
  const { panic } = known.pool('a')
  for (const up of [false, true]) {
    for (const id of [A, B]) known.verdict('a', id, up)
    known.pool('a').lease(pickContext(), [])
  }
  expect([panic, context.entries.map(({ level, fields }) => [level, fields])]).toEqual([
    false,
    [
      ['warn', { service: 'a' }],
      ['info', { service: 'a' }],
    ],
  ])
})
