import { expect, it } from 'vitest'
import { LiveEndpoint, type ServiceStanding } from '../../src/balancing/index.ts'
import { LATENCY_BOUNDS_SECONDS, Meter } from '../../src/gateway/meter.ts'
import { instance } from '../../src/plugin/index.ts'
import type { Exchange } from '../../src/proxy/index.ts'
import { NOTHING_COUNTED } from '../admin/asked.ts'

const endpoint = new LiveEndpoint(instance({ host: '10.0.0.1', port: 80 }))
const exchange = (fields: object) => ({ service: 'a', endpoint, ...fields }) as unknown as Exchange
const answered = (status: number) => ({ status, bytes: 0, durationMs: 1, ending: 'complete' as const })

it('counts by service, instance and status, and starts anew with each reading', () => {
  const meter = new Meter()
  meter.record(exchange({}), answered(200))
  meter.record(exchange({}), answered(200))
  meter.record(exchange({}), answered(500))
  expect(meter.take().requests).toEqual([
    ['a', '10.0.0.1:80', 200, 2],
    ['a', '10.0.0.1:80', 500, 1],
  ])
  expect(meter.take()).toEqual(NOTHING_COUNTED)
})

it('makes no label of a name that the registry does not know', () => {
  const meter = new Meter()
  meter.record(exchange({ service: 'made-up', endpoint: undefined, code: 'GW_SERVICE_NOT_FOUND' }), answered(404))
  meter.record(exchange({ service: 'idle', endpoint: undefined, code: 'GW_NO_ENDPOINT' }), answered(503))
  const { requests, problems } = meter.take()
  expect(requests).toEqual([
    ['', '', 404, 1],
    ['idle', '', 503, 1],
  ])
  expect(problems).toEqual([
    ['GW_SERVICE_NOT_FOUND', 1],
    ['GW_NO_ENDPOINT', 1],
  ])
})

it('puts a latency into the first bucket whose bound it does not exceed', () => {
  const meter = new Meter()
  for (const upstreamMs of [1, 1.001, 10_000, 10_001]) meter.record(exchange({ upstreamMs }), answered(200))
  const [[, buckets, sumSeconds]] = meter.take().latency as [readonly [string, number[], number]]
  const last = LATENCY_BOUNDS_SECONDS.length
  expect([buckets[0], buckets[1], buckets[last - 1], buckets[last]]).toEqual([1, 1, 1, 1])
  expect(sumSeconds).toBeCloseTo(20.003, 3)
})

it('counts events by service and detail, and asks how things are with each reading', () => {
  const standing = { service: 'a', inFlight: 1 } as ServiceStanding
  const meter = new Meter({ standings: () => [standing], connections: () => 3 })
  meter.count('retry', 'a', 'connect')
  meter.count('retry', 'a', 'connect')
  meter.count('retry', 'b', '503')
  meter.count('ejection', 'a', 'rate')
  meter.refuse('tls')
  meter.refuse('tls')
  const { events, standings, connections } = meter.take()
  expect(events).toEqual([
    ['retry', 'a', 'connect', 2],
    ['retry', 'b', '503', 1],
    ['ejection', 'a', 'rate', 1],
  ])
  expect(standings).toEqual([standing])
  expect(connections).toEqual({ open: 3, refused: [['tls', 2]] })
  expect(meter.take().connections).toEqual({ open: 3, refused: [] })
  expect(meter.take().events).toEqual([])
})
