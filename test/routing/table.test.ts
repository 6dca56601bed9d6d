import { describe, expect, test } from 'vitest'
import type { TableRouteConfig } from '../../src/config/types.ts'
import { createRouter } from '../../src/routing/index.ts'
import { mulberry32 } from '../contract/kit.ts'
import { byTable, refuses, request, routerOf, summary } from './requests.ts'

const one = (match: TableRouteConfig['match']) => routerOf(byTable({ match }))
const path = (route: Partial<TableRouteConfig>, target: string) => routerOf(byTable(route)).match(request(target))?.path

describe('the condition on the path', () => {
  test.each([
    ['/shop', '/shop', true],
    ['/shop', '/shop?x=1', true],
    ['/shop', '/shop/', false],
    ['/shop', '/shop/x', false],
    ['/shop/*', '/shop', true],
    ['/shop/*', '/shop/', true],
    ['/shop/*', '/shop/x/y', true],
    ['/shop/*', '/shopping', false],
    ['/shop/*', '/Shop', false],
    ['/shop/*', '/x/../shop/y', true],
    ['/shop/*', '/shop/../x', false],
    ['/*', '/', true],
    ['/*', '/x//y', true],
    ['/a%2fb', '/a%2fb', true],
    ['/a/b', '/a/b', true],
  ])('%s on %s: %s', (pattern, target, expected) => {
    expect(one({ path: pattern }).match(request(target)) !== undefined).toBe(expected)
  })
})

describe('the condition on the host', () => {
  test.each([
    ['shop.example.com', 'shop.example.com', true],
    ['shop.example.com', 'Shop.Example.COM:8080', true],
    ['Shop.example.com', 'shop.example.com.', true],
    ['shop.example.com', 'shop.example.com.evil', false],
    ['shop.example.com', 'a.shop.example.com', false],
    ['shop.example.com', '', false],
    ['*.example.com', 'shop.example.com:80', true],
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', '.example.com', false],
    ['*.example.com', 'evilexample.com', false],
    ['[::1]', '[::1]:8080', true],
    ['[::1]', '[::1]', true],
  ])('%s on %s: %s', (host, sent, expected) => {
    expect(one({ host }).match(request('/', [['Host', sent]])) !== undefined).toBe(expected)
  })

  test('the authority of an absolute-form wins over the field', () => {
    const router = one({ host: 'shop.example.com' })
    expect(router.match(request('http://shop.example.com:80/', [['Host', 'other']]))).toBeDefined()
    expect(router.match(request('http://other/', [['Host', 'shop.example.com']]))).toBeUndefined()
  })

  test('does not hold without a host', () => {
    expect(one({ host: '*.example.com' }).match(request('/'))).toBeUndefined()
  })
})

test('methods are compared as they are, whatever the case in the file', () => {
  const router = one({ methods: ['get', 'POST'] })
  expect(['GET', 'POST', 'HEAD', 'get'].map((method) => !!router.match(request('/', [], method)))).toEqual([
    true,
    true,
    false,
    false,
  ])
})

test('headers are wanted with a value or with any', () => {
  const router = one({ headers: { 'x-version': '2', 'x-user': '*' } })
  const sent = (...fields: [string, string][]) => router.match(request('/', fields)) !== undefined
  expect(sent(['X-Version', '2'], ['X-User', 'ada'])).toBe(true)
  expect(sent(['X-Version', '3'], ['X-User', 'ada'])).toBe(false)
  expect(sent(['X-Version', '2'], ['X-Version', '2'], ['X-User', 'ada'])).toBe(false)
  expect(sent(['X-Version', '2'])).toBe(false)
  expect(one({ headers: { constructor: '*' } }).match(request('/'))).toBeUndefined()
})

test('all conditions must hold', () => {
  const router = one({ path: '/shop/*', host: 'shop.example.com', methods: ['GET'], headers: { 'x-a': '*' } })
  const fields: [string, string][] = [
    ['Host', 'shop.example.com'],
    ['X-A', ''],
  ]
  expect(router.match(request('/shop/1', fields))).toBeDefined()
  expect(router.match(request('/shop/1', fields, 'POST'))).toBeUndefined()
  expect(router.match(request('/shop/1', fields.slice(0, 1)))).toBeUndefined()
})

test('the first route in the order of the file wins', () => {
  const router = routerOf(
    byTable(
      { match: { path: '/a/b' }, service: 'exact' },
      { match: { path: '/a/*' }, service: 'prefix' },
      { match: {}, service: 'all' },
      { match: { path: '/c' }, service: 'never' },
    ),
  )
  expect(['/a/b', '/a/c', '/c'].map((target) => router.match(request(target))?.service)).toEqual([
    'exact',
    'prefix',
    'all',
  ])
})

test.each([
  [{ match: { path: '/shop/*' }, stripPrefix: '/shop' }, '/shop/cart?x=1', '/cart?x=1', '/shop'],
  [{ match: { path: '/shop/*' }, stripPrefix: '/shop' }, '/shop', '/', '/shop'],
  [{ match: { path: '/shop/*' }, stripPrefix: '/shop' }, '/shop?x', '/?x', '/shop'],
  [{ match: { path: '/shop/*' }, stripPrefix: '/shop/' }, '/shop//a%2Fb/', '//a%2Fb/', '/shop'],
  [{ match: { path: '/*' }, stripPrefix: '/shop' }, '/shopping', '/shopping', ''],
  [{ match: { path: '/a/b/*' }, stripPrefix: '/a' }, '/a/b/c', '/b/c', '/a'],
  [{ match: { path: '/shop/*' } }, '/shop/cart', '/shop/cart', ''],
])('%j takes %s to %s', (route, target, expected, prefix) => {
  expect(routerOf(byTable(route)).match(request(target))).toMatchObject({ path: expected, prefix, mode: 'table' })
})

test.each([
  ['/shop/*', '/v2/*', '/shop/a/b?x', '/v2/a/b?x'],
  ['/shop/*', '/v2/*', '/shop', '/v2'],
  ['/shop/*', '/v2/*', '/shop/', '/v2/'],
  ['/shop/*', '/*', '/shop', '/'],
  ['/shop/*', '/*', '/shop/a', '/a'],
  ['/shop/*', '/v2-*', '/shop/a/b', '/v2-a/b'],
  ['/shop/*', '/fixed', '/shop/a?x', '/fixed?x'],
  ['/shop', '/v2/*', '/shop', '/v2'],
  ['/*', '/v2/*', '/a//b', '/v2/a//b'],
  [undefined, '/v2/*', '/a', '/v2/a'],
])('the match %s rewritten to %s takes %s to %s', (pattern, rewrite, target, expected) => {
  expect(path({ match: pattern === undefined ? {} : { path: pattern }, rewrite }, target)).toBe(expected)
})

test('a rewrite replaces the path, and the prefix that was taken off is still told', () => {
  const router = routerOf(byTable({ match: { path: '/shop/*' }, stripPrefix: '/shop', rewrite: '/v2/*' }))
  expect(router.match(request('/shop/a'))).toMatchObject({ path: '/v2/a', prefix: '/shop' })
})

test('a split sends its weights as shares', () => {
  const split = [
    { service: 'stable', weight: 9 },
    { service: 'canary', weight: 1 },
  ]
  const router = createRouter([byTable({ split })], { allow: ['*'], deny: [] }, { random: mulberry32(12_345) })
  const picks = Array.from({ length: 20_000 }, () => router.match(request('/'))!.service)
  // Binomial, n = 20,000, p = 0.1: standard deviation sqrt(n p (1 - p)) = 42; four of them are 170.
  expect(Math.abs(picks.filter((service) => service === 'canary').length - 2000)).toBeLessThan(170)
})

test('tells the middleware by the array of the configuration', () => {
  const middleware = [{ type: 'cors', options: {} }]
  const router = routerOf(byTable({ match: { path: '/a' }, middleware }, {}))
  expect(router.match(request('/a'))?.middleware).toBe(middleware)
  expect(router.match(request('/b'))?.middleware).toBeUndefined()
})

describe('percent-encoding', () => {
  const router = routerOf(
    byTable(
      { match: { path: '/a%2fb' }, service: 'spelled' },
      { match: { path: '/admin/*' }, service: 'admin' },
      { match: { path: '/files/*' }, service: 'files' },
      { match: { path: '/*' }, service: 'web' },
    ),
  )

  test.each([
    '/admin%2fx',
    '/admin%5Cx',
    '/admin%00/x',
    '/%61dmin/x',
    '/%2fadmin/x',
    '/files/..%2fadmin/x',
    '/files/%2e%2e%2fadmin',
    '/x%2f..%2f..%2fadmin',
  ])('that would change the route is refused: %s', (target) => {
    refuses(() => router.match(request(target)))
  })

  test.each([
    ['/files/a%2Fb%5c%00%61%20%25', 'files /files/a%2Fb%5c%00%61%20%25'],
    ['/files/a%2f..%2fb', 'files /files/a%2f..%2fb'],
    ['/%7Euser/x', 'web /%7Euser/x'],
    ['/a%2fb', 'spelled /a%2fb'],
    ['/admin/%2e%2e%2e', 'admin /admin/%2e%2e%2e'],
  ])('that does not passes byte for byte: %s', (target, expected) => {
    expect(summary(router.match(request(target)))).toBe(expected)
  })
})
