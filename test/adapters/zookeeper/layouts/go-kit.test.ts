import { expect, it } from 'vitest'
import { one, usual } from './reading.ts'
import { samples } from './samples.ts'

const sample = samples['go-kit']

it('takes the instance string that is the data', () => {
  const expected = { id: '10.0.2.10:80', host: '10.0.2.10', port: 80, layout: 'go-kit', ...usual }
  expect(one('go-kit', sample)).toEqual(expected)
  expect(one('go-kit', { ...sample, data: '10.0.2.10:80\n' })).toEqual(expected)
})

it.each([
  ['[::1]:80', { id: '[::1]:80', tls: false }],
  ['http://a:8080/x', { id: 'a:8080', tls: false }],
  ['https://a', { id: 'a:443', tls: true }],
])('reads %s', (data, expected) => {
  expect(one('go-kit', { ...sample, data })).toMatchObject(expected)
})

it.each([
  [null, '"" is not an address'],
  ['a', '"a" is not an address'],
  ['a:99999', 'port 99999 is not between 1 and 65535'],
  ['grpc://a:1', 'not HTTP: grpc://a:1'],
  ['http://', '"http://" is not a URL'],
])('refuses %j', (data, message) => {
  expect(() => one('go-kit', { ...sample, data })).toThrow(message)
})
