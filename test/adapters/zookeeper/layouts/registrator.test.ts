import { expect, it } from 'vitest'
import { but, one, usual } from './reading.ts'
import { samples } from './samples.ts'

const www = samples.registrator

it('takes address and port from the data', () => {
  const expected = { id: '192.168.1.123:49153', host: '192.168.1.123', port: 49153, layout: 'registrator', ...usual }
  expect(one('registrator', www)).toEqual(expected)
  expect(one('registrator', { ...www, name: 'elsewhere:1' })).toEqual(expected)
})

it('takes no tags and no attributes for none', () => {
  expect(one('registrator', but(www, { Tags: null, Attrs: null }))).toMatchObject(usual)
})

it('takes weight, zone, status and TLS from the attributes, which are the metadata', () => {
  const Attrs = { weight: '2.5', zone: 'eu-1a', status: 'draining', tls: 'true', version: '3' }
  const expected = { weight: 2.5, zone: 'eu-1a', status: 'draining', tls: true, metadata: Attrs }
  expect(one('registrator', but(www, { Attrs }))).toMatchObject(expected)
})

it('has the tags in the metadata', () => {
  expect(one('registrator', but(www, { Tags: ['a', 'b', null] })).metadata).toEqual({ tags: 'a,b' })
})

it.each([
  ['no JSON', { ...www, data: 'garbage' }, 'the data "garbage" is not a JSON object'],
  ['no object', { ...www, data: '[]' }, 'is not a JSON object'],
  ['no data', { ...www, data: null }, 'the data is empty and is not a JSON object'],
  ['no address', but(www, { IP: '' }), 'host "" is not a host name or an address'],
  ['no port', but(www, { PublicPort: null }), 'port null is not between 1 and 65535'],
  ['a port in quotes', but(www, { PublicPort: '80' }), 'port "80" is not between 1 and 65535'],
  [
    'a weight that is no number',
    but(www, { Attrs: { weight: 'heavy' } }),
    'metadata "weight": "heavy" is not a weight',
  ],
])('refuses %s', (_what, sample, message) => {
  expect(() => one('registrator', sample)).toThrow(message)
})
