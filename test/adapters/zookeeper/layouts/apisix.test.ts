import { expect, it } from 'vitest'
import { bytes, reader, usual } from './reading.ts'
import { apisixOwn } from './samples.ts'

const own = (value: string | null) => reader('apisix').own(bytes(value))

it('takes the list that is the data of the service', () => {
  const expected = { id: '127.0.0.1:1980', host: '127.0.0.1', port: 1980, layout: 'apisix', ...usual, weight: 100 }
  expect(own(apisixOwn).instances).toEqual([expected])
})

it('weighs whoever says nothing as APISIX does, and gives no new work to a weight of 0', () => {
  const [none, zero] = own('[{"host":"a","port":1},{"host":"b","port":1,"weight":0}]').instances
  expect([none, zero]).toMatchObject([
    { weight: 100, status: 'up' },
    { weight: 1, status: 'draining' },
  ])
})

it('takes no data, and an empty list, for nobody', () => {
  for (const data of [null, '', '[]']) expect(own(data).instances).toEqual([])
})

it('keeps the neighbours of a node that cannot be read', () => {
  const { instances, broken } = own('[{"host":"a","port":0},{"host":"b","port":80},7]')
  expect(instances.map(({ id }) => id)).toEqual(['b:80'])
  expect(broken).toEqual(['nodes[0]: port 0 is not between 1 and 65535', 'nodes[2]: 7 is not an object'])
})

it('says of a long list how much of it cannot be read', () => {
  const { broken } = own(JSON.stringify(Array(1000).fill(7)))
  expect(broken).toHaveLength(21)
  expect(broken!.at(-1)).toBe('nodes: 980 more that cannot be read')
  expect(() => own(JSON.stringify(Array(10_001).fill(7)))).toThrow('"nodes" has 10001 parts; at most 10000 are read')
})

it('refuses what is no list, and children', () => {
  expect(() => own('{}')).toThrow('the data "{}" is not a JSON list')
  expect(() => own('garbage')).toThrow('the data "garbage" is not a JSON list')
  expect(() => reader('apisix').child('10.0.0.1:80', undefined)).toThrow('in the data of their service')
})
