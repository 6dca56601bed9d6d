import { describe, expect, it } from 'vitest'
import type { LayoutName } from '../../../../adapters/zookeeper/layouts/index.ts'
import { but, bytes, one, reader } from './reading.ts'
import { samples } from './samples.ts'

type Texts = Readonly<Record<string, unknown>>
const payload = (layout: 'spring-cloud' | 'dubbo3', metadata: Texts) => {
  const { payload } = JSON.parse(samples[layout].data)
  return but(samples[layout], { payload: { ...payload, metadata: { ...payload.metadata, ...metadata } } })
}

/** Where each layout that has metadata has it. */
const withMetadata = {
  registrator: (metadata: Texts) => but(samples.registrator, { Attrs: metadata }),
  curator: (metadata: Texts) => but(samples.curator, { payload: metadata }),
  'spring-cloud': (metadata: Texts) => payload('spring-cloud', metadata),
  serverset: (metadata: Texts) => but(samples.serverset, { metadata }),
  nerve: (metadata: Texts) => but(samples.nerve, { weight: undefined, labels: metadata }),
  dubbo: (metadata: Texts) => {
    const query = new URLSearchParams(metadata as Record<string, string>)
    return { name: encodeURIComponent(`tri://10.0.0.1:50051/a.B?${query}`), data: null }
  },
  dubbo3: (metadata: Texts) => payload('dubbo3', metadata),
  'go-micro': (metadata: Texts) => but(samples['go-micro'], { version: undefined, metadata }),
  kratos: (metadata: Texts) => but(samples.kratos, { version: undefined, metadata }),
} as const

describe.each(Object.entries(withMetadata) as [LayoutName, (typeof withMetadata)['kratos']][])(
  '%s',
  (layout, sample) => {
    it('has weight, zone, status and version in its metadata', () => {
      const said = { weight: '7.5', zone: 'a', status: 'draining', version: '3' }
      const { weight, zone, status, metadata } = one(layout, sample(said))
      expect({ weight, zone, status, metadata }).toMatchObject({
        weight: 7.5,
        zone: 'a',
        status: 'draining',
        metadata: said,
      })
    })

    it('has them under the keys that are wanted', () => {
      const said = { capacity: '7', az: 'a', state: 'OUT_OF_SERVICE', build: '3', weight: 'heavy' }
      const keys = { weight: 'capacity', zone: 'az', status: 'state', version: 'build' }
      const { weight, zone, status, metadata } = one(layout, sample(said), { metadata: keys })
      expect({ weight, zone, status, version: metadata.version }).toEqual({
        weight: 7,
        zone: 'a',
        status: 'down',
        version: '3',
      })
    })

    it('names the key of a weight that is none', () => {
      const asked = { metadata: { weight: 'capacity' } }
      for (const capacity of ['heavy', '-1', '1e9', 'NaN', '2000000'])
        expect(() => one(layout, sample({ capacity }), asked)).toThrow(
          `metadata "capacity": "${capacity}" is not a weight; it is a number from 0 to 1000000`,
        )
    })

    it('takes an empty text for nothing said, and a weight of 0 for no new work', () => {
      expect(one(layout, sample({ weight: '', zone: '', status: '' }))).not.toHaveProperty('zone')
      expect(one(layout, sample({ weight: '0' })).status).toBe('draining')
    })

    it('finds nothing under keys that objects are born with', () => {
      const born = { weight: 'constructor', zone: 'toString', status: 'valueOf', version: '__proto__' }
      const found = one(layout, sample({}), { metadata: born })
      expect(found).toMatchObject({ status: 'up' })
      expect(found).not.toHaveProperty('zone')
    })
  },
)

it.each([
  ['0.25', 0.25],
  ['1e-7', 1e-7],
  ['1000000', 1e6],
])('takes the weight %s', (text, weight) => {
  expect(one('registrator', withMetadata.registrator({ weight: text })).weight).toBe(weight)
})

it('has no key by which a copy of it could get another prototype', () => {
  const { name, data } = samples.registrator
  const attributes = '"Attrs":{"a":"1","__proto__":{"zone":"b"}}'
  const found = one('registrator', { name, data: data.replace('"Attrs":{}', attributes) })
  expect(Object.getOwnPropertyNames(found.metadata)).toEqual(['a'])
  expect(found).not.toHaveProperty('zone')
})

it('comes after what the layout has a field for', () => {
  const sample = but(samples.nerve, { labels: { weight: '9' } })
  expect(one('nerve', sample).weight).toBe(2)
  expect(one('kratos', but(samples.kratos, { metadata: { version: 'other' } })).metadata.version).toBe('v1')
  const own = '[{"host":"a","port":1,"weight":3,"metadata":{"weight":"9","zone":"z"}}]'
  expect(reader('apisix').own(bytes(own)).instances).toMatchObject([{ weight: 3, zone: 'z' }])
})

it('can make a status worse, and not better', () => {
  const status = (own: string, said: string) =>
    one('serverset', but(samples.serverset, { status: own, metadata: { status: said } })).status
  expect([status('ALIVE', 'down'), status('STOPPING', 'up'), status('DEAD', 'draining')]).toEqual([
    'down',
    'draining',
    'down',
  ])
})
