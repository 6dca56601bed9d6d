import { expect, it } from 'vitest'
import { but, one } from './reading.ts'
import { nerveEncoded, samples } from './samples.ts'

const { nerve } = samples
const expected = {
  id: '10.0.0.5:3000',
  host: '10.0.0.5',
  port: 3000,
  layout: 'nerve',
  tls: false,
  weight: 2,
  status: 'up',
  metadata: { az: 'us-east-1a' },
}

it('takes host, port and weight, and the labels as metadata', () => {
  expect(one('nerve', nerve)).toEqual(expected)
  expect(one('nerve', nerve, { metadata: { zone: 'az' } })).toEqual({ ...expected, zone: 'us-east-1a' })
})

it('reads what is encoded in the name, and not the data then', () => {
  for (const data of [null, '', 'garbage', '{"host":"a","port":1}'])
    expect(one('nerve', { name: nerveEncoded, data })).toEqual(expected)
})

it('takes the length of the encoded text from the name, as "_" may be in it', () => {
  const text = JSON.stringify({ host: 'a', port: 80, labels: { sign: '???>>>' } })
  const encoded = Buffer.from(text).toString('base64url')
  expect(encoded).toContain('_')
  const padded = encoded.padEnd(Math.ceil(encoded.length / 4) * 4, '=')
  for (const written of [encoded, padded]) {
    const found = one('nerve', { name: `base64_${written.length}_${written}_0000000007`, data: null })
    expect(found).toMatchObject({ id: 'a:80', metadata: { sign: '???>>>' } })
  }
})

it.each(['base64_4_', 'base64_400_e30_1', 'base64_4_e30é_1', 'base64_0__1'])('refuses the name %j', (name) => {
  expect(() => one('nerve', { name, data: null })).toThrow('characters of base64')
})

it('gives no new work to a weight of 0', () => {
  expect(one('nerve', but(nerve, { weight: 0 }))).toMatchObject({ status: 'draining', weight: 1 })
})

it.each([
  [{ host: undefined }, 'host undefined'],
  [{ port: undefined }, 'port undefined'],
  [{ port: 70_000 }, 'port 70000 is not between 1 and 65535'],
  [{ host: 'a b' }, 'host "a b" is not a host name'],
  [{ host: 'a/b' }, 'host "a/b" is not a host name'],
  [{ weight: -1 }, 'weight: -1 is not a weight; it is a number from 0 to 1000000'],
  [{ weight: {} }, 'weight: an object is not a weight'],
])('refuses %j', (fields, message) => {
  expect(() => one('nerve', but(nerve, fields))).toThrow(message)
})
