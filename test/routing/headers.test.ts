import { describe, expect, test } from 'vitest'
import { byHeaders, refusal, refuses, request, routerOf, summary } from './requests.ts'

const router = routerOf(byHeaders)
const ask = (api: string, target = '/') =>
  router.match(
    request(target, [
      ['service_name', 'users'],
      ['api_name', api],
    ]),
  )

test.each([
  ['service_name', 'api_name'],
  ['service-name', 'api-name'],
  ['x-service-name', 'x-api-name'],
  ['X-Service-Name', 'API_NAME'],
])('%s and %s name service and path', (service, api) => {
  const route = router.match(
    request('/', [
      ['Host', 'gateway'],
      [service, 'users'],
      [api, '/user?id=1'],
    ]),
  )
  expect(route).toEqual({
    service: 'users',
    path: '/user?id=1',
    prefix: '',
    mode: 'headers',
    dropHeaders: ['service_name', 'service-name', 'x-service-name', 'api_name', 'api-name', 'x-api-name'],
    middleware: undefined,
  })
})

test('the array of fields not to be forwarded is always the same', () => {
  expect(ask('/a')!.dropHeaders).toBe(ask('/b')!.dropHeaders)
})

test.each([
  ['/user?id=1', '/?x=2', '/user?id=1&x=2'],
  ['/user', '/?x=2', '/user?x=2'],
  ['/user?', '/?x=2', '/user?x=2'],
  ['/user?id=1', '/', '/user?id=1'],
  ['/user?id=1', '/?', '/user?id=1'],
  ['/user?id=1', '/other/path?x=2', '/user?id=1&x=2'],
  ['/', '/', '/'],
  ['/a%2Fb;c//d/', '/', '/a%2Fb;c//d/'],
  ['/a/../b', '/', '/b'],
  ['/a/%2e%2e/%2E%2e/b', '/', '/b'],
])('api_name %s on %s goes to %s', (api, target, path) => {
  expect(summary(ask(api, target))).toBe(`users ${path}`)
})

test.each([
  ['/a/b?x=1', '/a/b?x=1'],
  ['/a/../b', '/b'],
  ['http://elsewhere/a?x', '/a?x'],
  ['/services/orders/x', '/services/orders/x'],
])('without api_name the path of %s is used', (target, path) => {
  expect(summary(router.match(request(target, [['service_name', 'users']])))).toBe(`users ${path}`)
})

test.each(['users', 'a', 'A.b_c:d-9', '..', 'x'.repeat(128), '__proto__', 'constructor'])(
  '%s is a service name',
  (name) => {
    expect(router.match(request('/', [['service_name', name]]))?.service).toBe(name)
  },
)

test.each(['', '../x', 'a/b', 'a,b', 'users, users', 'a b', 'a%2e', 'caf\xe9', 'a@b', '<b>', 'x'.repeat(129), 'a\n'])(
  'refuses the service name %j without repeating it',
  (name) => {
    const { code, message } = refusal(() => router.match(request('/', [['service_name', name]])))
    expect(code).toBe('GW_BAD_REQUEST')
    expect(message).toBe(
      'the service name in the header service_name is not 1 to 128 letters, digits, ".", "_", ":" or "-"',
    )
  },
)

test.each([
  '',
  'user',
  '?id=1',
  '@evil/',
  'http://evil/',
  '//evil/',
  '/.//evil/',
  '//../evil/',
  '\\\\evil',
  '/\\evil',
  '/a?b\\c',
  '/a#b',
  '/a b',
  '/a?b c',
  '/caf\xe9',
  '/a\0',
  '*',
])('refuses the api_name %j', (api) => {
  refuses(() => ask(api))
})

describe('more than one of them', () => {
  test.each<[string, [string, string][]]>([
    [
      'two spellings',
      [
        ['service_name', 'a'],
        ['service-name', 'b'],
      ],
    ],
    [
      'two spellings that agree',
      [
        ['service_name', 'a'],
        ['x-service-name', 'a'],
      ],
    ],
    [
      'one twice',
      [
        ['service_name', 'a'],
        ['service_name', 'b'],
      ],
    ],
    [
      'one twice in other case',
      [
        ['X-Service-Name', 'a'],
        ['x-service-name', 'a'],
      ],
    ],
    [
      'api_name twice',
      [
        ['service_name', 'a'],
        ['api_name', '/a'],
        ['API_NAME', '/a'],
      ],
    ],
    [
      'two spellings of api_name',
      [
        ['service_name', 'a'],
        ['api_name', '/a'],
        ['api-name', '/a'],
      ],
    ],
  ])('is refused: %s', (_case, fields) => {
    refuses(() => router.match(request('/', fields)))
  })

  test('is refused even when only the raw head tells, as for fields of which Node keeps the first', () => {
    const once = request('/', [['service_name', 'a']])
    refuses(() => router.match({ ...once, rawHeaders: ['service_name', 'a', 'service_name', 'b'] }))
  })
})

test('does not claim a request without a service header, an api_name or not', () => {
  expect(router.match(request('/a'))).toBeUndefined()
  expect(router.match(request('/a', [['api_name', '/b']]))).toBeUndefined()
  expect(router.match(request('/a', [['api_name', '@evil']]))).toBeUndefined()
})

test('other names can be configured, and an x- that is written is not taken off', () => {
  const other = routerOf({ mode: 'headers', service: 'x-host', api: 'route_to' })
  expect(other.match(request('/', [['Host', 'users']]))).toBeUndefined()
  expect(
    other.match(
      request('/', [
        ['Host', 'h'],
        ['X-Host', 'users'],
      ]),
    )?.dropHeaders,
  ).toEqual(['x-host', 'route_to', 'route-to', 'x-route-to'])
})

test('names that every object answers to are not headers', () => {
  const odd = routerOf({ mode: 'headers', service: 'constructor', api: '__proto__' })
  expect(odd.match(request('/'))).toBeUndefined()
})
