import { expect, it } from 'vitest'
import { instance, registered, registration, statusOf } from '../../src/plugin/index.ts'

const full = instance({
  host: '10.0.0.1',
  port: 8443,
  tls: true,
  weight: 2.5,
  zone: 'eu-1a',
  status: 'draining',
  metadata: { version: '3' },
})

it('is read as it was written', () => {
  expect(instance(registered(full.id, JSON.parse(registration(full))))).toEqual(full)
  const plain = instance({ host: '::1', port: 80 })
  expect(registration(plain)).toBe('{}')
  expect(instance(registered('[::1]:80', {}))).toEqual(plain)
  expect(instance(registered('[::1]:80'))).toEqual(plain)
})

it('takes metadata as text, and null for nothing', () => {
  const metadata = { version: 3, canary: true, tags: ['a'], none: null }
  const expected = { version: '3', canary: 'true', tags: '["a"]' }
  expect(registered('a:1', { metadata }).metadata).toEqual(expected)
  expect(registered('a:1', { metadata: 'x' }).metadata).toEqual({})
})

it('names what it cannot read', () => {
  expect(() => registered('a')).toThrow('"a" is not an address')
  expect(() => instance(registered('a:1', { weight: 'heavy' }))).toThrow('weight "heavy"')
})

it.each([
  ['up', 'up'],
  ['UP', 'up'],
  ['', 'up'],
  [undefined, 'up'],
  [null, 'up'],
  ['Draining', 'draining'],
  ['OUT_OF_SERVICE', 'down'],
  [0, 'down'],
])('reads the status %j as %s', (word, status) => {
  expect(statusOf(word)).toBe(status)
})
