import { describe, expect, it } from 'vitest'
import { combined } from '../../../../adapters/zookeeper/layouts/index.ts'
import { but, one, read } from './reading.ts'
import { samples, vectors } from './samples.ts'

const member = samples.serverset

it('takes the service endpoint of a member', () => {
  expect(one('serverset', member)).toEqual({
    id: 'smf1-dad-25-sr1.prod.twitter.com:31623',
    host: 'smf1-dad-25-sr1.prod.twitter.com',
    port: 31623,
    layout: 'serverset',
    tls: false,
    weight: 1,
    status: 'up',
    metadata: { k: 'v', shard: '7', member: 'member_0000000007' },
  })
})

it('takes the endpoint that is named', () => {
  expect(one('serverset', member, { port: 'aurora' }).port).toBe(31863)
  expect(() => one('serverset', member, { port: 'admin' })).toThrow('no endpoint "admin"; there are: http, aurora')
  for (const port of ['__proto__', 'constructor'])
    expect(() => one('serverset', member, { port })).toThrow('no endpoint')
})

it.each([
  ['ALIVE', 'up'],
  ['STOPPING', 'draining'],
  ['STARTING', 'down'],
  ['DEAD', 'down'],
  ['STOPPED', 'down'],
  ['WARNING', 'down'],
  [undefined, 'down'],
])('reads the status %j as %s', (status, expected) => {
  expect(one('serverset', but(member, { status })).status).toBe(expected)
})

describe('the vectors', () => {
  const at = (host: string, shard: number, id: number) =>
    read('serverset', but({ ...member, name: `member_${id}` }, { serviceEndpoint: { host, port: 80 }, shard }))
  const vector = (...list: unknown[]) => read('serverset', { name: 'vector_1', data: JSON.stringify({ vector: list }) })
  const weights = (...parts: Parameters<typeof combined>[0][]) =>
    combined(parts.flatMap((part) => [...part])).map(({ host, weight }) => [host, weight])

  it('weigh members by name, address and shard, and multiply', () => {
    const parts = [read('serverset', member), at('10.0.0.3', 3, 1), at('10.0.0.4', 3, 2), at('10.0.0.5', 5, 3)]
    expect(weights([...parts, read('serverset', { name: 'vector_1', data: vectors })])).toEqual([
      ['smf1-dad-25-sr1.prod.twitter.com', 1.2],
      ['10.0.0.3', 1],
      ['10.0.0.4', 2],
      ['10.0.0.5', 1],
    ])
  })

  it('count wherever they stand among the children', () => {
    const weight = vector({ select: 'shard=3', weight: 2 })
    expect(weights([weight, at('10.0.0.3', 3, 1), weight])).toEqual([['10.0.0.3', 4]])
  })

  it.each([0, -1])('that say %d keep new work away', (weight) => {
    const [only] = combined([at('10.0.0.3', 3, 1), vector({ select: 'shard=3', weight })])
    expect(only).toMatchObject({ status: 'draining', weight: 1 })
  })

  it('that keep new work away do so twice', () => {
    const filter = { select: 'shard=3', weight: -1 }
    expect(combined([at('10.0.0.3', 3, 1), vector(filter, filter)])[0]).toMatchObject({ status: 'draining', weight: 1 })
  })

  it('weigh nobody beyond what a gateway can count', () => {
    expect(weights([at('10.0.0.3', 3, 1), vector({ select: 'shard=3', weight: 1e300 })])).toEqual([['10.0.0.3', 1e6]])
  })

  it('give the same object as long as they say the same', () => {
    const part = at('10.0.0.3', 3, 1)
    const [once, again] = [1, 2].map(() => combined([part, vector({ select: 'shard=3', weight: 2 })])[0])
    expect(again).toBe(once)
    const [other] = combined([part, vector({ select: 'shard=3', weight: 3 })])
    expect(other).toMatchObject({ weight: 3 })
    expect(once).toMatchObject({ weight: 2 })
    expect(combined([part, vector({ select: 'shard=9', weight: 3 })])[0]).toBe(part.instances[0])
  })

  it('are told of when they cannot be read, and their neighbours count', () => {
    const { vectors, broken } = vector({ select: 'rack=1' }, { select: 'shard=3', weight: '2' }, 5, {
      select: 'shard=3',
    })
    expect(vectors).toEqual([{ by: 'shard', which: '3', weight: 1 }])
    expect(broken).toEqual([
      'vector[0]: select "rack=1" is not "member=…", "shard=…" or "inet=host:port"',
      'vector[1]: weight "2" is not a number',
      'vector[2]: select undefined is not "member=…", "shard=…" or "inet=host:port"',
    ])
    expect(() => read('serverset', { name: 'vector_1', data: '{"vector":7}' })).toThrow('"vector" is 7 and not a list')
  })
})
