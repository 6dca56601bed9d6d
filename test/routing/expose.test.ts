import { describe, expect, test } from 'vitest'
import { exposure, glob } from '../../src/routing/expose.ts'
import { createRouter } from '../../src/routing/index.ts'
import { byHeaders, byPath, byTable, refusal, refuses, request } from './requests.ts'

test.each([
  ['*', 'anything', true],
  ['users', 'users', true],
  ['users', 'users2', false],
  ['users', 'Users', false],
  ['user?', 'users', true],
  ['user?', 'user', false],
  ['user*', 'user', true],
  ['*-internal', 'billing-internal', true],
  ['*-internal', 'billing-internal-2', false],
  ['a*b*c', 'aXbYbZc', true],
  ['a*b*c', 'aXbYbZ', false],
  ['a**c', 'ac', true],
  ['?*?', 'a', false],
  ['?*?', 'ab', true],
  ['a.c', 'abc', false],
  ['[ab]', 'a', false],
  ['', '', true],
])('the glob %s takes %s: %s', (pattern, name, expected) => {
  expect(glob(pattern)(name)).toBe(expected)
})

test('a glob of many stars answers at once', () => {
  const matches = glob(`${'*a'.repeat(40)}*b`)
  expect(matches('a'.repeat(128))).toBe(false)
})

test('deny wins over allow', () => {
  const check = exposure({ allow: ['shop-*', 'users'], deny: ['*-internal'] })
  for (const name of ['shop-cart', 'users']) expect(() => check(name)).not.toThrow()
  for (const name of ['shop-internal', 'orders', '__proto__']) refuses(() => check(name), 'GW_SERVICE_NOT_FOUND')
})

test('an empty allow list exposes nothing', () => {
  refuses(() => exposure({ allow: [], deny: [] })('users'), 'GW_SERVICE_NOT_FOUND')
})

describe('a service that is not exposed', () => {
  const secret = byTable({ match: { path: '/secret' }, service: 'secret' })
  const router = createRouter([secret, byHeaders, byPath], { allow: ['*'], deny: ['secret'] }, { random: () => 0 })

  test('does not exist for headers and path', () => {
    for (const attempt of [request('/', [['service_name', 'secret']]), request('/services/secret/x')]) {
      const { code, message } = refusal(() => router.match(attempt))
      expect(code).toBe('GW_SERVICE_NOT_FOUND')
      expect(message).toBe('no service "secret"')
    }
  })

  test('can be reached by a route of the table', () => {
    expect(router.match(request('/secret'))?.service).toBe('secret')
  })
})
