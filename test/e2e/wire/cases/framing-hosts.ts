import assert from 'node:assert/strict'
import { refuses, refusesOr, shown } from '../rig/hostile.ts'
import type { Case, Wire } from '../rig/wire.ts'

const get = (target: string, ...fields: readonly string[]) =>
  `${[`GET ${target} HTTP/1.1`, ...fields].join('\r\n')}\r\n\r\n`

const HOSTS: Readonly<Record<string, readonly string[]>> = {
  'no Host': [],
  'no Host but another field': ['X-Host: gateway.test'],
  'two Hosts': ['Host: gateway.test', 'Host: other.test'],
  'the same Host twice': ['Host: gateway.test', 'Host: gateway.test'],
  'two Hosts in different case': ['Host: gateway.test', 'X: y', 'hOST: other.test'],
  'two Hosts, the first empty': ['Host:', 'Host: gateway.test'],
  'two Hosts, the second empty': ['Host: gateway.test', 'Host:'],
  'three Hosts': ['Host: a', 'Host: b', 'Host: c'],
}

const counts = Object.entries(HOSTS).map(
  ([what, fields]): Case => ({
    rule: 19,
    level: 'must',
    name: `refuses ${what}`,
    run: (wire) => refuses(wire, get(wire.path('/x'), ...fields)),
  }),
)

/** By what RFC 9110 7.2 and RFC 3986 3.2 leave to a host and a port. */
const INVALID: Readonly<Record<string, readonly string[]>> = {
  'a blank': ['a b', 'a\tb', 'a:80 ,', 'a, b'],
  'a path, a query or a fragment': ['a/b', 'a/', '/', 'a?b', 'a#b', 'http://a', 'a\\b'],
  userinfo: ['user@a', 'user:word@a'],
  'a port that is none': ['a:b', 'a:80:80', 'a:80a', 'a:-1', 'a:+80', '[::1]:80:80', '[::1]:x'],
  'brackets that hold no address': ['[::1', '::1', '[::1]x', '[g::1]', '[]', 'a]', '[', 'a[b'],
  'characters that no host has': ['<a>', 'a"b', 'a|b', 'a^b', 'a`b', '{a}', 'a\x7f'],
  'escapes that are none': ['a%', 'a%zz', 'a%2'],
  'no name': [':', ':80'],
}

const invalid = Object.entries(INVALID).map(
  ([what, hosts]): Case => ({
    rule: 19,
    level: 'must',
    name: `refuses a Host with ${what}`,
    async run(wire) {
      for (const host of hosts) {
        await refuses(wire, get(wire.path('/x'), `Host: ${host}`)).catch((error) => {
          throw new Error(`${shown(host)}: ${error.message}`)
        })
      }
    },
  }),
)

const VALID = [
  'a',
  'a.b-c.d',
  'a:80',
  'A.Test:8080',
  '127.0.0.1',
  '127.0.0.1:80',
  '[::1]',
  '[::1]:80',
  'a_b',
  'xn--p1ai',
  'a.',
  '1',
]

const valid = VALID.map(
  (host): Case => ({
    rule: 19,
    level: 'must',
    name: `takes Host: ${host}`,
    async run({ connect, path, upstream }) {
      const client = await connect()
      assert.equal((await client.send(get(path('/x'), `Host: ${host}`)).answer()).status, 200)
      assert.equal(upstream.requests[0]!.all('host').length, 1)
    },
  }),
)

const absolute = (rest: string, { path }: Wire, ...fields: readonly string[]) =>
  get(rest.replace('#', path('')), ...(fields.length > 0 ? fields : ['Host: host.test']))

const FORMS: Readonly<Record<string, readonly [target: string, authority: string, upstream: string]>> = {
  'a name': ['http://target.test#/x', 'target.test', '/x'],
  'a name and a port': ['http://target.test:8080#/x', 'target.test:8080', '/x'],
  'an address': ['http://127.0.0.1#/x', '127.0.0.1', '/x'],
  'an address of IPv6': ['http://[::1]:80#/x', '[::1]:80', '/x'],
  'a query': ['http://target.test#/x?a=b&c', 'target.test', '/x?a=b&c'],
  'a URL in the query': ['http://target.test#/x?u=http://other.test/', 'target.test', '/x?u=http://other.test/'],
  'capital letters': ['HTTP://target.test#/x', 'target.test', '/x'],
  'the scheme https': ['https://target.test#/x', 'target.test', '/x'],
}

const forms = Object.entries(FORMS).map(
  ([what, [target, authority, path]]): Case => ({
    rule: 20,
    level: 'must',
    // https on a connection without TLS is misdirected: RFC 9110 7.4 lets a server say so.
    name: `asks in origin-form for a target with ${what}, by its authority${target.startsWith('https') ? ' (or refuses it)' : ''}`,
    async run(wire) {
      const client = await wire.connect()
      const { status } = await client.send(absolute(target, wire)).answer()
      const [asked] = wire.upstream.requests
      if (target.startsWith('https') && status >= 400) return assert.equal(asked, undefined)
      assert.equal(status, 200)
      assert.equal(asked!.target, path)
      const told = asked!.field('host')!
      // Whether the upstream is told its own name, or the client's without the port, is the gateway's choice.
      assert.notEqual(told, 'host.test')
      const forwarded = asked!.field('x-forwarded-host')
      if (forwarded !== undefined) assert.ok([authority, authority.replace(/:\d+$/, '')].includes(forwarded))
    },
  }),
)

const ODD_FORMS: Readonly<Record<string, string>> = {
  userinfo: 'http://user@target.test#/x',
  'userinfo and a word': 'http://user:word@target.test#/x',
  'no authority': 'http://#/x',
  'nothing behind the scheme': 'http://',
  'one slash': 'http:/target.test#/x',
  'a blank': 'http://a b#/x',
  'a port that is none': 'http://target.test:x#/x',
  'another scheme': 'ftp://target.test#/x',
  'a scheme for files': 'file://#/x',
  'a scheme for code': 'javascript:alert(1)#/x',
  backslashes: 'http:\\\\target.test#/x',
}

const oddForms = Object.entries(ODD_FORMS).map(
  ([what, target]): Case => ({
    rule: 20,
    level: 'should',
    name: `refuses a target with ${what}, or has no route for it`,
    run: (wire) => refusesOrHasNoRoute(wire, absolute(target, wire)),
  }),
)

async function refusesOrHasNoRoute(wire: Wire, bytes: string): Promise<void> {
  const client = await wire.connect()
  const { status } = await client.send(bytes).answer()
  assert.ok([400, 403, 404, 421, 501].includes(status), `answered ${status}`)
  assert.deepEqual(wire.upstream.requests, [])
}

const beside: readonly Case[] = [
  {
    rule: 20,
    level: 'must',
    name: 'refuses an absolute target beside no Host, or goes by the target',
    run: (wire) =>
      refusesOr(wire, `GET http://target.test${wire.path('/x')} HTTP/1.1\r\n\r\n`, (asked) => {
        assert.equal(asked.target, '/x')
        assert.equal(asked.all('host').length, 1)
      }),
  },
  {
    rule: 20,
    level: 'must',
    name: 'refuses an absolute target beside two Hosts',
    run: (wire) => refuses(wire, absolute('http://target.test#/x', wire, 'Host: target.test', 'Host: other.test')),
  },
]

export const cases: readonly Case[] = [...counts, ...invalid, ...valid, ...forms, ...oddForms, ...beside]
