import { expect, it } from 'vitest'
import { restorePrefix } from '../../../src/proxy/headers/restored-prefix.ts'

function restored(name: string, value: string): string {
  const headers = [name, value]
  restorePrefix(headers, '/services/up', 'Gateway:8080')
  return headers[1]!
}

it.each([
  ['/', '/services/up/'],
  ['/login?next=/a#b', '/services/up/login?next=/a#b'],
  ['http://gateway:8080/login', 'http://gateway:8080/services/up/login'],
  ['https://GATEWAY:8080/', 'https://GATEWAY:8080/services/up/'],
  ['http://gateway:8080', 'http://gateway:8080/services/up'],
  ['http://gateway:8080?x', 'http://gateway:8080/services/up?x'],
  ['//gateway:8080/x', '//gateway:8080/services/up/x'],
])('puts the prefix into the reference %s', (value, expected) => {
  expect(restored('Location', value)).toBe(expected)
  expect(restored('content-LOCATION', value)).toBe(expected)
})

it.each([
  'login',
  '../login',
  '?page=2',
  '#part',
  '',
  'http://other/x',
  'http://gateway/x',
  'http://gateway:80801/x',
  'http://user@gateway:8080/x',
  '//other/x',
  'mailto:me@gateway:8080',
  '/services/up',
  '/services/up/x',
  '/services/up?x',
  'http://gateway:8080/services/up/x',
])('leaves the reference %j alone', (value) => {
  expect(restored('location', value)).toBe(value)
})

it('tells a path with the prefix from one that only begins like it', () => {
  expect(restored('location', '/services/upper')).toBe('/services/up/services/upper')
})

it.each([
  ['sid=1; Path=/', 'sid=1; Path=/services/up'],
  ['sid=1; path=/a/; HttpOnly', 'sid=1; path=/services/up/a/; HttpOnly'],
  ['sid=1;Secure;PATH = /a', 'sid=1;Secure;PATH = /services/up/a'],
  ['sid=1; Path=/services/up', 'sid=1; Path=/services/up'],
  ['sid=1', 'sid=1'],
  ['sid=1; Path=', 'sid=1; Path='],
  ['path=/x; Domain=d', 'path=/x; Domain=d'],
  ['__Host-sid=1; Secure; Path=/', '__Host-sid=1; Secure; Path=/'],
])('makes of the cookie %s one of %s', (value, expected) => {
  expect(restored('Set-Cookie', value)).toBe(expected)
})

it('touches no other field', () => {
  expect(restored('link', '/x')).toBe('/x')
})
