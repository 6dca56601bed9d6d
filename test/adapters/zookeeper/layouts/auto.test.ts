import { describe, expect, it } from 'vitest'
import { layoutNames } from '../../../../adapters/zookeeper/layouts/index.ts'
import { bytes, one, read, reader } from './reading.ts'
import { apisixOwn, nerveEncoded, type Sample, samples, vectors } from './samples.ts'

const own = (value: string | null) => reader('auto').own(bytes(value))

it.each(Object.entries(samples) as [keyof typeof samples, Sample][])('recognises %s', (layout, sample) => {
  const found = one('auto', sample)
  expect(found.layout).toBe(layout)
  expect(found).toEqual(one(layout, sample))
})

it('has a sample of every layout', () => {
  expect([...Object.keys(samples), 'apisix', 'auto'].sort()).toEqual([...layoutNames].sort())
})

it('recognises the list of APISIX in the data of the service, and takes other data there for none', () => {
  expect(own(apisixOwn)).toEqual(reader('apisix').own(bytes(apisixOwn)))
  for (const data of [null, '', '{', '[]', '[1]', '{"host":"a","port":1}', 'Backend'])
    expect(own(data).instances).toEqual([])
})

it('recognises the vectors of a serverset, and names of nerve', () => {
  expect(read('auto', { name: 'vector_1', data: vectors })).toEqual(
    read('serverset', { name: 'vector_1', data: vectors }),
  )
  expect(one('auto', { name: nerveEncoded, data: '' }).layout).toBe('nerve')
})

it('goes by the data, and not by the name', () => {
  const name = '10.0.0.1:80'
  const found = (['registrator', 'dubbo3', 'shenyu', 'nerve', 'kratos'] as const).map((layout) =>
    one('auto', { name, data: samples[layout].data }),
  )
  expect(found.map(({ layout }) => layout)).toEqual(['registrator', 'dubbo3', 'shenyu', 'nerve', 'kratos'])
  expect(found.map(({ id }) => id)).not.toContain(name)
})

describe('a name that is an address', () => {
  it.each([null, '', '{', 'null', '7', '[1]', '{}', '"10.0.0.2:80"', '10.0.0.2:80', '{"weight":2,"started":"today"}'])(
    'is plain when the data is %j',
    (data) => {
      expect(one('auto', { name: '10.0.0.1:80', data })).toMatchObject({
        id: '10.0.0.1:80',
        weight: 1,
        layout: 'plain',
      })
    },
  )

  it.each(['{"weight":2}', '{"zone":"a"}', '{"metadata":{}}'])('is Portolan when the data is %j', (data) => {
    expect(one('auto', { name: '10.0.0.1:80', data }).layout).toBe('portolan')
  })
})

it('does not take for plain what is recognised and wrong', () => {
  const sample = { name: '10.0.0.1:80', data: '{"PublicPort":"x"}' }
  expect(() => one('auto', sample)).toThrow('host undefined')
})

it('reports brokers and what else is no HTTP as they are', () => {
  const broker = '{"endpoints":["PLAINTEXT://10.9.167.48:9092"],"host":"10.9.167.48","port":9092,"version":4}'
  expect(() => one('auto', { name: '1', data: broker })).toThrow('no endpoint "http"; there are: plaintext')
})

it('reads the data of a service itself where that may say something', () => {
  const reading = layoutNames.filter((layout) => reader(layout).ownData)
  expect(reading).toEqual(['auto', 'apisix'])
})

it('has no complaints where nothing is wrong', () => {
  for (const sample of [...Object.values(samples), { name: 'vector_1', data: vectors }])
    expect(read('auto', sample)).not.toHaveProperty('broken')
  expect(own(apisixOwn)).not.toHaveProperty('broken')
})
