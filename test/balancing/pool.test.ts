import { expect, it } from 'vitest'
import { LiveEndpoint, Pool } from '../../src/balancing/index.ts'
import { type BalancingStrategy, type Endpoint, instance } from '../../src/plugin/index.ts'
import { pickContext } from '../contract/index.ts'
import { poolOptions } from '../support/pool.ts'

const at = (port: number, fields = {}) => instance({ host: '10.0.0.1', port, ...fields })
const first: BalancingStrategy = { pick: (endpoints) => endpoints[0]! }

it('offers a strategy only endpoints that are up and not yet tried', () => {
  let offered: readonly Endpoint[] = []
  const pool = new Pool(
    'a',
    {
      pick(endpoints) {
        offered = endpoints
        return endpoints[0]!
      },
    },
    poolOptions(),
  )
  pool.update([at(1), at(2, { status: 'draining' }), at(3, { status: 'down' }), at(4)])
  const lease = pool.lease(pickContext(), [])
  expect(offered.map(({ instance: { port } }) => port)).toEqual([1, 4])
  pool.lease(pickContext(), [lease!.endpoint])
  expect(offered.map(({ instance: { port } }) => port)).toEqual([4])
})

it('has no lease to give when nobody is fit', () => {
  const pool = new Pool('a', first, poolOptions())
  expect(pool.lease(pickContext(), [])).toBeUndefined()
  pool.update([at(1, { status: 'down' })])
  expect(pool.lease(pickContext(), [])).toBeUndefined()
})

it('keeps an endpoint and its counters when its instance changes, and takes over what changed', () => {
  const pool = new Pool('a', first, poolOptions())
  pool.update([at(1)])
  const { endpoint } = pool.lease(pickContext(), [])!
  expect(pool.update([at(1, { weight: 5 })])).toEqual([])
  expect([...pool.endpoints]).toEqual([endpoint])
  expect(endpoint).toMatchObject({ weight: 5, inFlight: 1 })
})

it('begins anew with an instance that keeps its id and moves to another address', () => {
  const pool = new Pool('a', first, poolOptions())
  pool.update([at(1, { id: 'x' })])
  const [before] = pool.endpoints
  expect(pool.update([at(2, { id: 'x' })])).toEqual([before])
  expect([...pool.endpoints][0]).not.toBe(before)
})

it('tells the strategy of all endpoints, fit or not, at each change', () => {
  const told: number[] = []
  const pool = new Pool('a', { ...first, update: (endpoints) => told.push(endpoints.length) }, poolOptions())
  pool.update([at(1), at(2, { status: 'draining' })])
  pool.lease(pickContext(), [])
  pool.update([at(1)])
  pool.lease(pickContext(), [])
  expect(told).toEqual([2, 1])
})

it('refuses a pick of what is no endpoint', () => {
  const pool = new Pool('a', { pick: () => undefined as never }, poolOptions())
  pool.update([at(1)])
  expect(() => pool.lease(pickContext(), [])).toThrow('the strategy of service a picked no endpoint')
})

it('takes the first latency as it is and forgets old ones with time', () => {
  const endpoint = new LiveEndpoint(at(1))
  endpoint.observe(100, 1000)
  expect(endpoint.latencyMs).toBe(100)
  endpoint.observe(0, 11_000) // one decay time later: the old mean keeps 1/e of its weight
  expect(endpoint.latencyMs).toBeCloseTo(100 / Math.E, 6)
})
