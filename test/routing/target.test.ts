import { describe, expect, test } from 'vitest'
import { parseTarget } from '../../src/routing/target.ts'
import { mulberry32 } from '../contract/kit.ts'
import { refusal, refuses } from './requests.ts'

const resolved = (raw: string) => {
  const { path, query } = parseTarget(raw)
  return path + query
}

test('takes path and query apart', () => {
  expect(parseTarget('/a/b?x=1?y')).toEqual({ path: '/a/b', query: '?x=1?y', authority: undefined })
  expect(parseTarget('/')).toEqual({ path: '/', query: '', authority: undefined })
  expect(parseTarget('/?')).toEqual({ path: '/', query: '?', authority: undefined })
})

test.each([
  '//evil/x',
  '/a//b/',
  '/%2F%2f%5C%25%00',
  "/a;b=1/c,'d'/(e)!*:@&=+$",
  '/..a/...',
  '/a..b/.c/%2ex/..%2f',
  '/%252e%252e/x',
  '/"<>^`{|}',
  '/@evil',
  '/a?../..\\?/%2e%2e//',
])('keeps %s byte for byte', (raw) => {
  expect(resolved(raw)).toBe(raw)
})

test.each([
  ['/a/../b', '/b'],
  ['/a/./b', '/a/b'],
  ['/a/%2e%2e/b', '/b'],
  ['/a/%2E%2e/b', '/b'],
  ['/a/.%2e/b', '/b'],
  ['/a/%2e./b', '/b'],
  ['/a/%2e/b', '/a/b'],
  ['/..', '/'],
  ['/../../x', '/x'],
  ['/.', '/'],
  ['/a/..', '/'],
  ['/a/b/..', '/a/'],
  ['/a/b/.', '/a/b/'],
  ['/a/b/../', '/a/'],
  ['/a//../b', '/a/b'],
  ['/a/b/c/./../../g', '/a/g'],
  ['/a/..//b', '//b'],
  ['/a/../b?../c', '/b?../c'],
  ['/a/..%2f/../b', '/a/b'],
])('resolves the dot segments of %s to %s', (raw, path) => {
  expect(resolved(raw)).toBe(path)
})

describe('absolute-form', () => {
  test.each([
    ['http://host/a/b?x', '/a/b', '?x', 'host'],
    ['HTTPS://Host:8443/a', '/a', '', 'Host:8443'],
    ['http://host', '/', '', 'host'],
    ['http://host?x=1', '/', '?x=1', 'host'],
    ['http://[::1]:80/a/../b', '/b', '', '[::1]:80'],
    ['http://host//evil', '//evil', '', 'host'],
  ])('%s is stripped to its path', (raw, path, query, authority) => {
    expect(parseTarget(raw)).toEqual({ path, query, authority })
  })
})

test.each([
  '',
  '*',
  'host:443',
  'a/b',
  '?x',
  '#',
  '@evil/',
  '\\\\evil',
  '/a\\b',
  '/\\evil',
  '/a#b',
  '/a?b#c',
  '/a b',
  '/a?b c',
  '/a\tb',
  '/a\r\nb',
  '/a\0',
  '/a?\0',
  '/a\x7f',
  '/caf\xe9',
  '/a?\u20ac',
  'ftp://host/a',
  'ws://host/a',
  'http:///a',
  'http://',
  'http:/a',
  'http://user@host/a',
  'http://user:pass@host/a',
  'http://ho st/a',
  'http://host\\evil/a',
  'http://host#a',
  'http://ho\xe9st/a',
])('refuses %j', (raw) => {
  refuses(() => parseTarget(raw))
})

test('an error says what is wrong and repeats nothing of the target', () => {
  const { message } = refusal(() => parseTarget('/<script>\\'))
  expect(message).toBe('the request target has a backslash in its path')
})

test('a target of 100 KB is no trouble, plain or made of dots', () => {
  const plain = `/${'a'.repeat(100_000)}`
  expect(resolved(plain)).toBe(plain)
  expect(resolved('/..'.repeat(33_000))).toBe('/')
  expect(resolved('/a'.repeat(25_000) + '/%2e%2e'.repeat(25_000))).toBe('/')
})

test('whatever is sent, no dot segment is left and reading the result again changes nothing', () => {
  const random = mulberry32(2024)
  const pieces = ['/', '/', '/', '.', '.', '..', '%2e', '%2E', '%2f', 'a', 'services', ';', '%00', '?', '//']
  for (let round = 0; round < 20_000; round++) {
    const length = Math.floor(random() * 14)
    const raw = `/${Array.from({ length }, () => pieces[Math.floor(random() * pieces.length)]).join('')}`
    const { path, query } = parseTarget(raw)
    expect(path, raw).toMatch(/^\//)
    expect(path, raw).not.toMatch(/\/(?:\.|%2e){1,2}(?:\/|$)/i)
    expect(parseTarget(path + query), raw).toEqual({ path, query, authority: undefined })
  }
})
