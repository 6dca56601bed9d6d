import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { request } from '../rig/say.ts'
import { through } from '../rig/through.ts'
import type { Case, Wire } from '../rig/wire.ts'

const VERBATIM = [
  '/a%2Fb',
  '/a%2fb',
  '/a%20b',
  '/%25',
  '/%2525',
  '/%41%7e',
  '/%E6%97%A5/%e6%97%a5',
  "/~u/it's",
  "/!$&'()*+,=:@",
  '/a;b=1,2;c',
  '//x',
  '/a//b//',
  '/a/',
  '/.a/..b/c..',
  '/x?',
  '/x?a=b?c',
  '/x?q=%2F&q=a+b&&=;%zz',
  '/x?a=1;b=2',
  '/x?a=%00&b=%0d%0aX:%20y',
  '/x?u=http://other.test/../y',
  '/x?%2e%2e/../',
  '/x%0d%0aX:%20y',
]

/** No part of a URI (RFC 3986 2), but sent by some. */
const ODD = ['/a|b', '/a"b', '/a[b]', '/a^b', '/{a}', '/a`b', '/<a>', '/a?q=<b>|"c"']

const verbatim: readonly Case[] = [
  ...VERBATIM.map(
    (rest): Case => ({
      rule: 109,
      level: 'must',
      name: `passes ${rest} byte for byte`,
      async run(wire) {
        const { asked } = await through(wire, { rest })
        assert.deepEqual([asked.target, asked.field('x')], [rest, undefined])
      },
    }),
  ),
  ...ODD.map(
    (rest): Case => ({
      rule: 109,
      level: 'must',
      name: `passes ${rest} byte for byte, or refuses it`,
      async run(wire) {
        const client = await wire.connect()
        const { status } = await client.send(request(`GET ${wire.path(rest)} HTTP/1.1`)).answer()
        const [asked] = wire.upstream.requests
        if (asked) assert.equal(asked.target, rest)
        else assert.equal(status, 400)
      },
    }),
  ),
]

/** Asks for a target as it is. Nothing may come upstream; a proper request does. */
async function reachesNobody(wire: Wire, target: string, ...fields: string[]): Promise<number> {
  const client = await wire.connect()
  const { status } = await client.send(request(`GET ${target} HTTP/1.1`, ...fields)).answer()
  assert.equal(wire.upstream.requests.length, 0)
  await through(wire, { rest: '/alive' })
  return status
}

const bySegment = ['evil/x', '.evil/x', '%2f/x', '-', 'x'].map(
  (tail): Case => ({
    rule: 110,
    level: 'must',
    name: `takes no longer name for the service: …${tail}`,
    async run(wire) {
      const status = await reachesNobody(wire, wire.path('') + tail)
      assert.ok(status >= 400 && status < 500, `answered ${status}`)
    },
  }),
)

const DOTTED: readonly (readonly [target: (path: string) => string, resolved: string])[] = [
  [(path) => `${path}/a/../b`, '/b'],
  [(path) => `${path}/a/./b`, '/a/b'],
  [(path) => `${path}/a/%2e%2e/b`, '/b'],
  [(path) => `${path}/a/.%2E/b`, '/b'],
  [(path) => `${path}/a/..`, '/'],
  [(path) => `/services/other/..${path.slice('/services'.length)}/b`, '/b'],
  [(path) => `/../../..${path}/b`, '/b'],
]

const dotted: readonly Case[] = [
  ...DOTTED.map(
    ([target, resolved]): Case => ({
      rule: 111,
      level: 'should',
      name: `resolves ${target('/services/s')} before it routes, or refuses it`,
      async run(wire) {
        const client = await wire.connect()
        const { status } = await client.send(request(`GET ${target(wire.path(''))} HTTP/1.1`)).answer()
        const [asked] = wire.upstream.requests
        if (asked) assert.equal(asked.target, resolved)
        else assert.ok([400, 404].includes(status), `answered ${status}`)
      },
    }),
  ),
  ...['/../x', '/../../x', '/%2e%2e/x', '/a/../../x', '/..'].map(
    (out): Case => ({
      rule: 111,
      level: 'should',
      name: `lets nobody out of the service by ${out}`,
      async run(wire) {
        const status = await reachesNobody(wire, wire.path(out))
        assert.ok(status >= 400 && status < 500, `answered ${status}`)
      },
    }),
  ),
]

/** `decoy` is an address that listens, `path` that of a service. */
const LURES: Readonly<Record<string, (decoy: string, path: string) => readonly [target: string, ...fields: string[]]>> =
  {
    'a path of two slashes': (decoy) => [`//${decoy}/x`],
    'two slashes behind the service': (decoy, path) => [`${path}//${decoy}/x`],
    'an at sign': (decoy) => [`@${decoy}/x`],
    'an at sign behind the service': (decoy, path) => [`${path}/@${decoy}/x`],
    'an at sign behind the name': (decoy, path) => [`${path}@${decoy}/x`],
    'a colon and an at sign': (decoy) => [`/:@${decoy}/x`],
    backslashes: (decoy) => [`/\\\\${decoy}/x`],
    'an absolute target': (decoy, path) => [`http://${decoy}${path}/x`],
    'an absolute target with user information': (decoy, path) => [`http://gateway.test@${decoy}${path}/x`],
    'the name of a service': (decoy) => [`/services/${decoy}/x`],
    'an absolute URL behind the service': (decoy, path) => [`${path}/http://${decoy}/x`],
    Host: (decoy, path) => [`${path}/x`, `Host: ${decoy}`],
    'X-Forwarded-Host': (decoy, path) => [`${path}/x`, `X-Forwarded-Host: ${decoy}`],
    'X-Host': (decoy, path) => [`${path}/x`, `X-Host: ${decoy}`],
    'X-Original-URL and X-Rewrite-URL': (decoy, path) => [
      `${path}/x`,
      `X-Original-URL: http://${decoy}/`,
      `X-Rewrite-URL: http://${decoy}/`,
    ],
    Forwarded: (decoy, path) => [`${path}/x`, `Forwarded: for=${decoy.split(':')[0]};host="${decoy}"`],
  }

const lures = Object.entries(LURES).map(
  ([what, lure]): Case => ({
    rule: 112,
    level: 'must',
    name: `lets nobody choose an address by ${what}`,
    async run(wire) {
      let connections = 0
      const decoy = createServer((socket) => {
        connections++
        socket.on('error', () => undefined).end()
      }).listen(0, '127.0.0.1')
      await once(decoy, 'listening')
      const [target, ...fields] = lure(`127.0.0.1:${(decoy.address() as AddressInfo).port}`, wire.path(''))
      const client = await wire.connect()
      const answer = await client.send(request(`GET ${target} HTTP/1.1`, ...fields)).answerOrEnd()
      await through(wire, { rest: '/alive' })
      decoy.close()
      assert.equal(connections, 0)
      assert.ok(!answer || answer.status < 500, `answered ${answer?.status}`)
      for (const { target: came } of wire.upstream.requests) assert.ok(came.startsWith('/'), `${came} upstream`)
    },
  }),
)

const unknown = ['/services/nobody/x', '/services/nobody', '/elsewhere', '/services/', '/servicesX/x'].map(
  (target): Case => ({
    rule: 113,
    level: 'should',
    name: `answers 404 to ${target}`,
    run: async (wire) => assert.equal(await reachesNobody(wire, target), 404),
  }),
)

export const cases: readonly Case[] = [...verbatim, ...bySegment, ...dotted, ...lures, ...unknown]
