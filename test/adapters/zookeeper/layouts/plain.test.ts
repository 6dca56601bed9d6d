import { expect, it } from 'vitest'
import { one, usual } from './reading.ts'
import { samples } from './samples.ts'

const { plain } = samples

it('takes host and port from the name, whatever the data', () => {
  const expected = { id: '10.18.29.43:32768', host: '10.18.29.43', port: 32768, layout: 'plain', ...usual }
  for (const data of [null, '', 'garbage', '{"weight":3}', '\xff\0', 'x'.repeat(2 ** 21)])
    expect(one('plain', { ...plain, data })).toEqual(expected)
})

it('takes an IPv6 address in brackets, and a host name', () => {
  expect(one('plain', { name: '[2001:db8::1]:80', data: null })).toMatchObject({
    id: '[2001:db8::1]:80',
    host: '2001:db8::1',
    port: 80,
  })
  expect(one('plain', { name: 'web-1.example:80', data: null })).toMatchObject({ host: 'web-1.example', port: 80 })
})

it.each([
  '',
  '10.0.0.1',
  '10.0.0.1:',
  ':80',
  'a:x',
  'a:70000',
  'a:0',
  '::1:80',
  '[::1]',
  '[a b]:80',
  'a b:80',
  'a/b:80',
])('refuses the name %j', (name) => {
  expect(() => one('plain', { name, data: null })).toThrow(/is not an address|host|port/)
})
