import { expect, it } from 'vitest'
import { LiveEndpoint } from '../../src/balancing/index.ts'
import type { Endpoint } from '../../src/plugin/index.ts'
import { pickContext } from '../contract/index.ts'
import { at, pooling, portOf, ports } from './pooling.ts'

/** Three, the second of which is what every session is bound to; the strategy would pick the first. */
function bound(fields = {}) {
  let session: Endpoint | undefined
  const made = pooling({ probed: true }, { keeps: () => session })
  made.pool.update([at(1), at(2, fields), at(3)])
  session = made.get(2)
  const port = (tried: Endpoint[] = []) => portOf(made.pool.lease(pickContext(), tried)!.endpoint)
  return { ...made, port, bind: (endpoint: Endpoint) => (session = endpoint) }
}

it('takes the endpoint that the session is bound to, without a pick', () => {
  const { port, lists } = bound()
  expect([port(), lists]).toEqual([2, []])
})

it('keeps sessions, and nothing else, on an endpoint that drains', () => {
  const { port, pool, get, offered, bind } = bound({ status: 'draining' })
  expect([port(), pool.why(get(2))]).toEqual([2, 'draining'])
  bind(get(1))
  expect(offered([get(1)])).toEqual([3])
})

it('picks anew when the endpoint was tried', () => {
  const { port, get } = bound()
  expect(port([get(2)])).toBe(1)
})

it.each<[string, (made: ReturnType<typeof bound>) => void]>([
  ['is ejected', ({ pool, get }) => pool.eject(get(2), 1e9)],
  ['fails its probes', ({ pool }) => pool.verdict('10.0.0.1:2', false)],
  ['is down', ({ pool }) => pool.update([at(1), at(2, { status: 'down' }), at(3)])],
  ['is let go', ({ pool, get }) => pool.letGo(get(2))],
  ['has left', ({ pool }) => pool.update(ports(1, 3))],
])('picks anew when the endpoint %s', (_, happen) => {
  const made = bound()
  happen(made)
  expect(made.port()).toBe(1)
})

it('picks anew when the endpoint is not one of the pool', () => {
  const { port, bind } = bound()
  bind(new LiveEndpoint(at(2)))
  expect(port()).toBe(1)
})

it('keeps sessions on an endpoint whose tier is spare again', () => {
  const { port } = bound({ metadata: { priority: '1' } })
  expect(port()).toBe(2)
})
