import { expect, it } from 'vitest'
import { type Asking, told } from './told.ts'

const trusted: Asking = { trusted: ['10.0.0.0/8'], prefix: '/services/up' }
const forwarding: Asking = { ...trusted, settings: { forwarded: true } }
const OWN = 'for=10.0.0.1;host="gateway:80";proto=http'

it('lets the word of a trusted peer stand, and adds its own', () => {
  const of = told(
    [
      'X-Forwarded-For: 1.2.3.4',
      'X-Forwarded-For: 10.0.0.9',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: shop.example',
      'X-Forwarded-Prefix: /base/',
      'X-Forwarded-Port: 8443',
      'X-Forwarded-Server: front',
      'X-Real-IP: 1.2.3.4',
    ],
    trusted,
  )
  expect(of('x-forwarded-for')).toBe('1.2.3.4, 10.0.0.9, 10.0.0.1')
  expect(of('x-forwarded-proto')).toBe('https')
  expect(of('x-forwarded-host')).toBe('shop.example')
  expect(of('x-forwarded-prefix')).toBe('/base/services/up')
  expect(of('x-forwarded-port')).toBe('8443')
  expect(of('x-forwarded-server')).toBe('front')
  expect(of('x-real-ip')).toBe('1.2.3.4')
})

it.each([
  ['X-Forwarded-Proto', 'gopher', 'http'],
  ['X-Forwarded-Proto', 'https, http', 'http'],
  ['X-Forwarded-Proto', '', 'http'],
  ['X-Forwarded-Proto', 'HTTPS', 'https'],
  ['X-Forwarded-Host', 'a, b', 'gateway:80'],
  ['X-Forwarded-Host', 'evil/path', 'gateway:80'],
  ['X-Forwarded-Host', '"><script>', 'gateway:80'],
  ['X-Forwarded-Prefix', '//evil', '/services/up'],
  ['X-Forwarded-Prefix', 'base', '/services/up'],
  ['X-Forwarded-Prefix', '/a, /b', '/services/up'],
  ['X-Forwarded-Prefix', '/<b>', '/services/up'],
  ['X-Forwarded-Prefix', '/', '/services/up'],
  ['X-Forwarded-Port', '80, 81', ''],
  ['X-Forwarded-Port', 'x', ''],
  ['X-Real-IP', 'x', ''],
])('passes on no %s that is none: %j', (name, value, passed) => {
  expect(told([`${name}: ${value}`], trusted)(name.toLowerCase())).toBe(passed)
})

it('begins what is not said', () => {
  const of = told([], trusted)
  expect(of('x-forwarded-for')).toBe('10.0.0.1')
  expect([of('x-forwarded-proto'), of('x-forwarded-host')]).toEqual(['http', 'gateway:80'])
})

it('drops twins with underscores also here', () => {
  expect(told(['X_Forwarded_For: 6.6.6.6'], trusted)('x_forwarded_for')).toBe('')
})

it('takes from Forwarded what is not said otherwise, from the client on', () => {
  const said = 'for=6.6.6.6;host=evil;proto=http, for="[2001:db8::1]:9";host="shop.example";proto=https, for=10.0.0.9'
  const of = told([`Forwarded: ${said}`], trusted)
  expect(of('x-forwarded-for')).toBe('2001:db8::1, 10.0.0.9, 10.0.0.1')
  expect([of('x-forwarded-proto'), of('x-forwarded-host')]).toEqual(['https', 'shop.example'])
  expect(of('forwarded')).toBe('')
})

it('appends itself to the Forwarded of a trusted peer', () => {
  const of = told(['Forwarded: for=1.2.3.4', 'Forwarded: for=10.0.0.9'], forwarding)
  expect(of('forwarded')).toBe(`for=1.2.3.4, for=10.0.0.9, ${OWN}`)
})

it('says in Forwarded what a trusted peer says in X-Forwarded-For alone', () => {
  const fields = ['X-Forwarded-For: 1.2.3.4:99, odd, ::1', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: a']
  const chain = 'for=1.2.3.4;host=a;proto=https, for=unknown, for="[::1]"'
  expect(told(fields, forwarding)('forwarded')).toBe(`${chain}, ${OWN}`)
})

it.each(['for=', 'for=1.2.3.4;for=5.6.7.8', 'for="x', '\u00e9'])(
  'begins anew where Forwarded is malformed: %s',
  (said) => {
    expect(told([`Forwarded: ${said}`], forwarding)('forwarded')).toBe(OWN)
  },
)
