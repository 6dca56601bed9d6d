import { describe, expect, it } from 'vitest'
import { Pool, type PoolOptions } from '../../src/balancing/index.ts'
import { serviceNotFound } from '../../src/errors.ts'
import { explain, type Question } from '../../src/explain/index.ts'
import { type BalancingStrategy, type InstanceFields, instance } from '../../src/plugin/index.ts'
import { createRouter } from '../../src/routing/index.ts'
import { p2c } from '../../strategies/p2c.ts'
import { roundRobin } from '../../strategies/round-robin.ts'
import { pluginContext } from '../contract/index.ts'
import { poolOptions, type ScriptedPoolOptions, WALL_MS } from '../support/pool.ts'

const inner = () => {
  throw new Error('there is none')
}

function made(
  instances: readonly (Partial<InstanceFields> & { port: number })[],
  strategy: BalancingStrategy = p2c.create(undefined, { ...pluginContext(), inner }),
  overrides: Partial<PoolOptions> = {},
) {
  const options: ScriptedPoolOptions = poolOptions(overrides)
  const pool = new Pool('orders', strategy, options)
  pool.update(instances.map((fields) => instance({ host: '10.0.0.1', ...fields })))
  const router = createRouter(
    [
      { mode: 'headers', service: 'service_name', api: 'api_name' },
      { mode: 'path', prefix: '/services' },
    ],
    { allow: ['*'], deny: ['secret'] },
    { random: () => 0 },
  )
  const ask = (question: Partial<Question>) =>
    explain(
      { method: 'get', url: '/services/orders/7?a=1', ...question },
      {
        router,
        pool(service) {
          if (service === 'orders') return pool
          throw serviceNotFound(service)
        },
        strategyOf: () => 'p2c',
        now: options.now,
        ordinal: 3,
      },
    )
  const endpoint = (port: number) => [...pool.endpoints].find((one) => one.instance.port === port)!
  return { pool, ask, endpoint, options }
}

const ONE = [{ port: 1 }]
const THREE = [{ port: 1 }, { port: 2 }, { port: 3 }]

describe('the route', () => {
  it('is that of the path, or of the headers', () => {
    const { ask } = made(ONE)
    expect(ask({}).route).toEqual({ mode: 'path', service: 'orders', path: '/7?a=1', prefix: '/services/orders' })
    const byHeaders = ask({ url: '/any', headers: { 'Service-Name': 'orders', api_name: '/user?id=1' } })
    expect(byHeaders.route).toMatchObject({ mode: 'headers', service: 'orders', path: '/user?id=1' })
  })

  it('is read from what a caller would write, and not from what a URL library would make of it', () => {
    const { ask } = made(ONE)
    const raw = '/services/orders/a%2Fb//c?q=%41'
    expect(ask({ url: raw }).route?.path).toBe('/a%2Fb//c?q=%41')
    expect(ask({ url: `http://shop.example${raw}#top` }).route?.path).toBe('/a%2Fb//c?q=%41')
    expect(ask({ url: 'services/orders' }).refused).toMatchObject({ code: 'GW_BAD_REQUEST' })
  })

  it.each([
    ['/nowhere', 'GW_ROUTE_NOT_FOUND', 404],
    ['/services/none/', 'GW_SERVICE_NOT_FOUND', 404],
    ['/services/secret/', 'GW_SERVICE_NOT_FOUND', 404],
    ['/services/a%2fb/', 'GW_BAD_REQUEST', 400],
  ])('of %s ends with %s', (url, code, status) => {
    const { refused, pick } = made(ONE).ask({ url })
    expect(refused).toMatchObject({ code, status, detail: expect.any(String) })
    expect(pick).toBeUndefined()
  })

  it('is told, though nobody is left to ask', () => {
    const { route, refused, candidates } = made([]).ask({})
    expect(route?.service).toBe('orders')
    expect(refused?.code).toBe('GW_NO_ENDPOINT')
    expect(candidates).toEqual([])
  })
})

describe('the candidates', () => {
  it('have their load, their score and the pick among them, which counts as no load', () => {
    const { ask, pool, endpoint } = made(THREE)
    endpoint(1).inFlight = 4
    const { candidates, pick, balancing, worker } = ask({})
    expect(worker).toBe(3)
    expect(balancing).toEqual({ strategy: 'p2c', inFlight: 0, panic: false })
    expect(candidates!.map(({ inFlight, score }) => [inFlight, score])).toEqual([
      [4, 5],
      [0, 1],
      [0, 1],
    ])
    expect(candidates!.map(({ id }) => id)).toContain(pick!.id)
    expect(pick!.by).toBe('strategy')
    expect([pool.inFlight, ...[...pool.endpoints].map(({ picks }) => picks)]).toEqual([0, 0, 0, 0])
  })

  it('say why they are left out', () => {
    const tiers = [{ port: 4, metadata: { priority: '1' } }]
    const more = [
      { port: 5, status: 'draining' as const },
      { port: 6, status: 'down' as const },
    ]
    const { ask, pool, endpoint } = made([...THREE, { port: 7 }, ...tiers, ...more])
    pool.eject(endpoint(2), 12_000)
    const { candidates, pick } = ask({ tried: ['10.0.0.1:1', '10.0.0.1:7'] })
    expect(Object.fromEntries(candidates!.map(({ port, why }) => [port, why]))).toEqual({
      1: 'tried',
      2: 'ejected',
      3: undefined,
      4: 'other tier',
      5: 'draining',
      6: 'down',
      7: 'tried',
    })
    expect(candidates!.find(({ port }) => port === 2)!.ejectedForMs).toBe(12_000)
    expect(pick!.id).toBe('10.0.0.1:3')
  })

  it('show what slow start leaves of a weight', () => {
    const [old, young] = [WALL_MS - 60_000, WALL_MS - 3000]
    const instances = [
      { port: 1, weight: 4, registeredAt: old },
      { port: 2, weight: 4, registeredAt: young },
    ]
    const { ask } = made(instances, undefined, { slowStartMs: 30_000 })
    expect(ask({}).candidates!.map(({ weight, weightNow }) => weightNow / weight)).toEqual([1, 0.1])
  })

  it('are told from one that a strategy leaves out by an endless score', () => {
    const strategy: BalancingStrategy = {
      pick: ([first]) => first!,
      score: ({ instance }) => (instance.port === 3 ? Number.POSITIVE_INFINITY : 1),
    }
    const { candidates } = made(THREE, strategy).ask({})
    expect(candidates!.map(({ score, why }) => [score, why])).toEqual([
      [1, undefined],
      [1, undefined],
      [null, 'strategy'],
    ])
  })
})

describe('the pick', () => {
  it('is what the next request gets', () => {
    const { ask, pool } = made(THREE, roundRobin.create(undefined, { ...pluginContext(), inner }))
    const told = [ask({}), ask({}), ask({}), ask({})].map(({ pick }) => pick!.id)
    expect(told.slice(0, 3).sort()).toEqual(['10.0.0.1:1', '10.0.0.1:2', '10.0.0.1:3'])
    expect(told[3]).toBe(told[0])
    expect(pool.inFlight).toBe(0)
  })

  it('is the one on trial, and leaves the trial to a request', () => {
    const { ask, pool, endpoint, options } = made(THREE)
    pool.eject(endpoint(2), 1000)
    options.advance(1000)
    expect(ask({}).pick).toEqual({ id: '10.0.0.1:2', by: 'trial' })
    expect(ask({}).pick).toEqual({ id: '10.0.0.1:2', by: 'trial' })
  })

  it('is where the session goes on, on a draining instance too', () => {
    const strategy: BalancingStrategy = {
      pick: ([first]) => first!,
      keeps: (context) => [...pool.endpoints].find((one) => one.instance.id === context.header('x-session')),
    }
    const { ask, pool } = made([{ port: 1 }, { port: 2, status: 'draining' }], strategy)
    expect(ask({ headers: { 'X-Session': '10.0.0.1:2' } }).pick).toEqual({ id: '10.0.0.1:2', by: 'session' })
    expect(ask({}).pick).toEqual({ id: '10.0.0.1:1', by: 'strategy' })
  })
})
