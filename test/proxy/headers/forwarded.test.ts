import { expect, it } from 'vitest'
import { addressOf, nodeOf, readForwarded } from '../../../src/proxy/headers/forwarded.ts'

const read = (value: string) => readForwarded(value)?.map((element) => Object.fromEntries(element))

it('reads the examples of RFC 7239', () => {
  expect(read('for="_gazonk"')).toEqual([{ for: '_gazonk' }])
  expect(read('For="[2001:db8:cafe::17]:4711"')).toEqual([{ for: '[2001:db8:cafe::17]:4711' }])
  expect(read('for=192.0.2.60;proto=http;by=203.0.113.43')).toEqual([
    { for: '192.0.2.60', proto: 'http', by: '203.0.113.43' },
  ])
  expect(read('for=192.0.2.43, for=198.51.100.17')).toEqual([{ for: '192.0.2.43' }, { for: '198.51.100.17' }])
})

it('reads quotes, what is escaped in them, blanks, and lists with empty places', () => {
  expect(read('host="a:80" ; proto=https,, ,for=1.2.3.4')).toEqual([
    { host: 'a:80', proto: 'https' },
    { for: '1.2.3.4' },
  ])
  expect(read('ext="a\\"b;c,d"')).toEqual([{ ext: 'a"b;c,d' }])
  expect(read(';for=1.2.3.4;')).toEqual([{ for: '1.2.3.4' }])
})

it.each([
  '',
  ',',
  'for',
  'for=',
  'for=;',
  '=1.2.3.4',
  'for="1.2.3.4',
  'for="\\',
  'for=1.2.3.4;for=5.6.7.8',
  'for=2001:db8::1',
  'for = 1.2.3.4',
  'for=1.2.3.4 host=a',
  'for="a"b',
  `for=1.2.3.4${' '.repeat(20_000)}x`,
])('takes nothing from what is malformed: %.40j', (value) => {
  expect(read(value)).toBeUndefined()
})

it.each([
  ['1.2.3.4', '1.2.3.4'],
  [' 1.2.3.4:5678 ', '1.2.3.4'],
  ['1.2.3.4:_port', '1.2.3.4'],
  ['2001:db8::1', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['[::FFFF:10.0.0.1]:1', '10.0.0.1'],
  ['fe80::1%eth0', 'fe80::1'],
])('finds the address in %s', (node, address) => {
  expect(addressOf(node)).toBe(address)
})

it.each([
  '',
  'unknown',
  '_hidden',
  'localhost',
  '1.2.3',
  '1.2.3.4.5',
  '1.2.3.4:',
  '[1.2.3.4]',
  '[::1',
  '[]',
  '1.2.3.4 x',
  '<b>',
])('finds none in %j', (node) => {
  expect(addressOf(node)).toBeUndefined()
})

it('writes addresses as nodes', () => {
  expect(['1.2.3.4', '::1', undefined].map(nodeOf)).toEqual(['1.2.3.4', '"[::1]"', 'unknown'])
})
