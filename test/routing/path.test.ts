import { expect, test } from 'vitest'
import { byPath, refusal, refuses, request, routerOf, summary } from './requests.ts'

const router = routerOf(byPath)
const route = (target: string) => summary(router.match(request(target)))

test('says everything that the proxy needs', () => {
  expect(router.match(request('/services/echo/a/b?x=1'))).toEqual({
    service: 'echo',
    path: '/a/b?x=1',
    prefix: '/services/echo',
    mode: 'path',
    dropHeaders: [],
    middleware: undefined,
  })
})

test.each([
  ['/services/echo', 'echo /'],
  ['/services/echo/', 'echo /'],
  ['/services/echo?x=1', 'echo /?x=1'],
  ['/services/echo/?x=1', 'echo /?x=1'],
  ['/services/echo/a/', 'echo /a/'],
  ['/services/echo/a?', 'echo /a?'],
  ['/services/echo//a', 'echo //a'],
  ['/services/echo//evil.example/x', 'echo //evil.example/x'],
  ['/services/echo/services/other/x', 'echo /services/other/x'],
  ['/services/echoevil/x', 'echoevil /x'],
  ['/services/echo/a%2Fb%5c%00%25;c,d', 'echo /a%2Fb%5c%00%25;c,d'],
  ['/services/echo/..%2f..%2fother', 'echo /..%2f..%2fother'],
  ['/services/a/%2e%2e/b/x', 'b /x'],
  ['/services/a/../b/x', 'b /x'],
  ['/services/../services/a/x', 'a /x'],
  ['/x/%2E%2e/services/a/y/../x', 'a /x'],
  ['/../services/a', 'a /'],
  ['/services/a/.', 'a /'],
  ['http://elsewhere/services/a/x?y', 'a /x?y'],
  ['http://elsewhere/services/a', 'a /'],
  ['/services/__proto__/x', '__proto__ /x'],
  ['/services/constructor', 'constructor /'],
  ['/services/a:8080/x', 'a:8080 /x'],
])('%s goes to %s', (target, expected) => {
  expect(route(target)).toBe(expected)
})

test('reads names right, of which there are more than can be kept', () => {
  const names = Array.from({ length: 1100 }, (_, i) => `s${i}`)
  const read = [...names, ...names].map((name) => router.match(request(`/services/${name}/x`))!)
  expect(read.map(({ service }) => service)).toEqual([...names, ...names])
  expect(read.at(-1)).toMatchObject({ path: '/x', prefix: '/services/s1099' })
})

test.each([
  '/',
  '/services',
  '/services/',
  '/services?x=/services/echo',
  '/services/?x',
  '/services/echo/..',
  '/services/echo/../..',
  '/servicesecho/x',
  '/Services/echo',
  '//services/echo',
  '/a/services/echo',
  '/other/a%2fb',
  '/?/services/echo',
])('%s is not for this mode', (target) => {
  expect(route(target)).toBeUndefined()
})

test.each([
  '/services//x',
  '/services//',
  '/services/a%2f..%2fb',
  '/services/a%2F',
  '/services/a%5cb/x',
  '/services/a%5Cb/x',
  '/services/a%00/x',
  '/services/%00',
  '/services/%2fecho/x',
  '/services/..%2fecho/x',
  '/services/%65cho/x',
  '/services/%2e%2e%2fecho',
  '/services/a,b/x',
  '/services/a;b/x',
  '/services/a@b/x',
  `/services/${'a'.repeat(129)}/x`,
  '/services%2fecho/x',
  '/services%2Fecho',
  '/services%5cecho/x',
  '/services%5C/echo',
  '/services%00/echo',
  '/%2fservices/echo',
  '/%73ervices/echo',
  '/x/..%2fservices/echo',
  '/services\\echo',
  '*',
])('refuses %s', (target) => {
  refuses(() => router.match(request(target)))
})

test('an error does not repeat what was sent', () => {
  const { message } = refusal(() => router.match(request('/services/<script>/x')))
  expect(message).not.toContain('script')
})

test('a target of 100 KB goes where it says', () => {
  const rest = '/%2f'.repeat(25_000)
  expect(router.match(request(`/services/echo${rest}`))?.path).toBe(rest)
  refuses(() => router.match(request(`/services/${'a'.repeat(100_000)}`)))
})

test('the prefix can have many segments', () => {
  const deep = routerOf({ mode: 'path', prefix: '/api/v1' })
  expect(deep.match(request('/api/v1/echo/x'))).toMatchObject({ service: 'echo', path: '/x', prefix: '/api/v1/echo' })
  expect(deep.match(request('/api/v1'))).toBeUndefined()
  refuses(() => deep.match(request('/api%2fv1/echo/x')))
  refuses(() => deep.match(request('/api%2fv1%2fecho')))
})

test('the prefix can be empty', () => {
  const bare = routerOf({ mode: 'path', prefix: '' })
  expect(bare.match(request('/echo/x'))).toMatchObject({ service: 'echo', path: '/x', prefix: '/echo' })
  expect(summary(bare.match(request('/echo?x')))).toBe('echo /?x')
  expect(bare.match(request('/'))).toBeUndefined()
  refuses(() => bare.match(request('//echo')))
  refuses(() => bare.match(request('/a%2fb')))
})
