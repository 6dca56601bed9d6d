import { expect, test } from 'vitest'
import { GatewayError } from '../../src/errors.ts'
import { isServiceName } from '../../src/plugin/index.ts'
import { mulberry32 } from '../contract/kit.ts'
import { byHeaders, byPath, byTable, refuses, request, routerOf, summary } from './requests.ts'

const all = byTable({ service: 'web' })
const named = [['service_name', 'users']] as [string, string][]

test('tries the modes in the order of the configuration', () => {
  expect(routerOf(byHeaders, byPath).match(request('/services/orders', named))?.mode).toBe('headers')
  expect(routerOf(byPath, byHeaders).match(request('/services/orders', named))?.mode).toBe('path')
  expect(routerOf(all, byPath, byHeaders).match(request('/services/orders', named))?.mode).toBe('table')
  expect(routerOf(byHeaders, byPath, all).match(request('/other'))?.mode).toBe('table')
})

test('a mode that claims a malformed request does not leave it to the next', () => {
  refuses(() => routerOf(byHeaders, byPath).match(request('/services/orders', [['service_name', '../x']])))
  refuses(() => routerOf(byPath, all).match(request('/services/a%2fb/x')))
})

test('a malformed target is refused whatever the modes are', () => {
  for (const router of [routerOf(), routerOf(byHeaders), routerOf(all)]) {
    refuses(() => router.match(request('*', named, 'OPTIONS')))
    refuses(() => router.match(request('host:443', named, 'CONNECT')))
    refuses(() => router.match(request('/a\\b', named)))
  }
})

test('what nothing matches has no route', () => {
  expect(routerOf(byHeaders, byPath).match(request('/'))).toBeUndefined()
  expect(routerOf().match(request('/services/a'))).toBeUndefined()
})

test('says which headers and prefixes are expected', () => {
  expect(routerOf(byHeaders, byPath, all).expectation).toBe(
    'expected the header service_name or service-name or x-service-name, or a path that begins with ' +
      '/services/{service}/, or one of the configured routes',
  )
  expect(routerOf().expectation).toBe('expected nothing: no routing is configured')
})

test('whatever is sent, the answer is a sound route, none, or a refusal, and the same one twice', () => {
  const random = mulberry32(77)
  const one = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!
  const pieces = ['/', '/', '.', '..', '%2e', '%2f', '%5C', '%00', 'services', '/services/', 'a', 'b;', '\\', '?', '#']
  const fields = ['service_name', 'service-name', 'api_name', 'Host']
  const values = ['a', '', '..', '/x/../y', '//evil', '@evil', 'a,b', '/a?b', '__proto__']
  const router = routerOf(byHeaders, byPath, byTable({ match: { path: '/a/*' } }))
  for (let round = 0; round < 20_000; round++) {
    const target = one(['/', '/', '/services/', 'http://h/', '']) + [1, 2, 3, 4, 5, 6].map(() => one(pieces)).join('')
    const sent = Array.from({ length: Math.floor(random() * 3) }, () => [one(fields), one(values)] as [string, string])
    const [first, second] = [outcome(router, target, sent), outcome(router, target, sent)]
    expect(second).toEqual(first)
  }

  function outcome(of: typeof router, target: string, sent: [string, string][]) {
    try {
      const route = of.match(request(target, sent))
      if (!route) return undefined
      const [path] = route.path.split('?')
      expect(path, target).not.toMatch(/\/(?:\.|%2e){1,2}(?:\/|$)/i)
      expect(path, target).toMatch(/^\/[^\\#\s]*$/)
      expect(isServiceName(route.service), target).toBe(true)
      return summary(route)
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      return error.code
    }
  }
})
