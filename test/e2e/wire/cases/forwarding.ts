import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { ok, request } from '../rig/say.ts'
import { through } from '../rig/through.ts'
import type { UpstreamRequest } from '../rig/upstream.ts'
import { type Case, KNOBS, type Wire } from '../rig/wire.ts'

const PEER = '127.0.0.1'

/** Of all lines together, as their order allows. */
const lastHop = (asked: UpstreamRequest) => asked.all('x-forwarded-for').join(',').split(',').at(-1)!.trim()

const CHAINS: Readonly<Record<string, readonly string[]>> = {
  nothing: [],
  'an address': ['X-Forwarded-For: 1.2.3.4'],
  'a list': ['X-Forwarded-For: 1.2.3.4, 5.6.7.8'],
  'several lines': ['X-Forwarded-For: 1.2.3.4', 'X-Forwarded-For: 5.6.7.8'],
  'lines in several cases': ['x-forwarded-for: 1.2.3.4', 'X-FORWARDED-FOR: 5.6.7.8'],
  'an address with a port': ['X-Forwarded-For: 1.2.3.4:5678'],
  'an IPv6 address': ['X-Forwarded-For: [2001:db8::1]:5678'],
  'an open end': ['X-Forwarded-For: 1.2.3.4,'],
  'an empty value': ['X-Forwarded-For:'],
  garbage: ['X-Forwarded-For: "><script>, unknown, ;;'],
  'its own address': ['X-Forwarded-For: 127.0.0.1'],
  'bytes beyond ASCII': ['X-Forwarded-For: \xe9\xff'],
}

const chains = Object.entries(CHAINS).map(
  ([what, fields]): Case => ({
    rule: 42,
    level: 'must',
    name: `ends X-Forwarded-For with the real peer when the client says ${what}`,
    async run(wire) {
      const { asked } = await through(wire, { fields })
      assert.equal(lastHop(asked), PEER)
    },
  }),
)

const NOMINATED = ['X-Forwarded-For', 'x-forwarded-for, close', 'keep-alive, X-FORWARDED-FOR']

const abused: readonly Case[] = [
  ...NOMINATED.flatMap((connection): Case[] =>
    [[], ['X-Forwarded-For: 1.2.3.4']].map((fields) => ({
      rule: 43,
      level: 'must',
      name: `says X-Forwarded-For against Connection: ${connection}${fields.length > 0 ? ', also a spoofed one' : ''}`,
      async run(wire) {
        const { asked } = await through(wire, { fields: [...fields, `Connection: ${connection}`] })
        assert.equal(lastHop(asked), PEER)
      },
    })),
  ),
  {
    rule: 43,
    level: 'must',
    name: 'says X-Forwarded-Host and -Proto against Connection',
    async run(wire) {
      const { asked } = await through(wire, { fields: ['Connection: x-forwarded-host, x-forwarded-proto'] })
      assert.deepEqual([asked.field('x-forwarded-host'), asked.field('x-forwarded-proto')], ['gateway.test', 'http'])
    },
  },
  {
    rule: 43,
    level: 'must',
    name: 'routes the same when Connection names Host',
    async run(wire) {
      const { asked } = await through(wire, { fields: ['Connection: host'] })
      assert.deepEqual(asked.all('host'), ['gateway.test'])
    },
  },
]

const SPOOFED: readonly (readonly [field: string, level: Case['level'], allowed: readonly (string | undefined)[]])[] = [
  ['X-Forwarded-Proto: https', 'should', ['http']],
  ['X-Forwarded-Host: evil.test', 'should', ['gateway.test']],
  ['X-Forwarded-Port: 443', 'should', [undefined]],
  ['X-Forwarded-Prefix: /evil', 'should', [undefined]],
  ['X-Forwarded-Server: evil', 'should', [undefined]],
  ['X-Real-IP: 1.2.3.4', 'should', [undefined, PEER]],
  ['X_Forwarded_For: 1.2.3.4', 'should', [undefined]],
]

const spoofed: readonly Case[] = [
  ...SPOOFED.map(
    ([field, level, allowed]): Case => ({
      rule: 44,
      level,
      name: `passes no ${field} of a stranger`,
      async run(wire) {
        const { asked } = await through(wire, { fields: [field] })
        const passed = asked.field(field.slice(0, field.indexOf(':')))
        // What names the prefix that was taken off is the gateway's own word.
        const own = passed !== undefined && wire.path('/').startsWith(`${passed}/`)
        assert.ok(own || allowed.includes(passed), `passed ${passed}`)
      },
    }),
  ),
  {
    rule: 44,
    level: 'should',
    name: 'passes no Forwarded of a stranger',
    async run(wire) {
      const { asked } = await through(wire, { fields: ['Forwarded: for=1.2.3.4;proto=https;host=evil'] })
      assert.doesNotMatch(asked.field('forwarded') ?? '', /1\.2\.3\.4|evil/)
    },
  },
]

const certified: Case = {
  rule: 44,
  level: 'must',
  name: 'says whose certificate the client has shown, whatever the client says',
  needs: ['mtls'],
  async run(wire) {
    const { cert, key } = wire.certificates.client
    const client = await wire.connectTls({ cert: readFileSync(cert), key: readFileSync(key) }, 'mtls')
    const lies = [`${KNOBS.clientHeader}: CN=root`, `${KNOBS.clientHeader.toUpperCase()}: CN=admin`]
    const { status } = await client.send(request(`GET ${wire.path('/x')} HTTP/1.1`, ...lies)).answer()
    const subject = wire.upstream.requests[0]?.field(KNOBS.clientHeader)
    assert.equal(status, 200)
    assert.match(subject ?? '', /CN ?=/)
    assert.doesNotMatch(subject!, /root|admin|\|/)
  },
}

const via: readonly Case[] = [
  {
    rule: 45,
    level: 'should',
    name: 'adds itself to Via',
    async run(wire) {
      const { asked } = await through(wire)
      assert.match(asked.all('via').join(', '), /^1\.1 \S+$/)
    },
  },
  {
    rule: 45,
    level: 'should',
    name: 'adds itself behind all lines of Via',
    async run(wire) {
      const { asked } = await through(wire, { fields: ['Via: 1.0 a (old), 1.1 b', 'Via: 1.1 c'] })
      assert.match(asked.all('via').join(', '), /^1\.0 a \(old\), 1\.1 b, 1\.1 c, 1\.1 \S+$/)
    },
  },
  {
    rule: 45,
    level: 'should',
    name: 'tells in Via the version that it was asked in',
    async run(wire) {
      const { asked } = await through(wire, { version: '1.0' })
      assert.match(asked.all('via').join(', '), /^1\.0 \S+$/)
    },
  },
]

async function answeredAt(wire: Wire, method: string): Promise<number> {
  const client = await wire.connect()
  const { status } = await client.send(request(`${method} ${wire.path('/x')} HTTP/1.1`, 'Max-Forwards: 0')).answer()
  // A sign of life, and the only thing that comes upstream.
  await through(wire, { rest: '/next' })
  assert.deepEqual(
    wire.upstream.requests.map(({ target }) => target),
    ['/next'],
  )
  return status
}

const maxForwards: readonly Case[] = [
  {
    rule: 46,
    level: 'should',
    name: 'answers an OPTIONS that must not be forwarded',
    run: async (wire) => assert.ok((await answeredAt(wire, 'OPTIONS')) < 500),
  },
  {
    rule: 46,
    level: 'should',
    name: 'forwards no TRACE that must not be forwarded',
    // Echoed or refused.
    run: async (wire) => assert.ok([200, 405, 501].includes(await answeredAt(wire, 'TRACE'))),
  },
  {
    rule: 46,
    level: 'should',
    name: 'counts Max-Forwards of an OPTIONS down',
    async run(wire) {
      const { asked } = await through(wire, { method: 'OPTIONS', fields: ['Max-Forwards: 10'] })
      assert.equal(asked.field('max-forwards'), '9')
    },
  },
  {
    rule: 46,
    level: 'should',
    name: 'leaves Max-Forwards of a GET alone',
    async run(wire) {
      wire.upstream.respond(ok('here'))
      const { asked, answer } = await through(wire, { fields: ['Max-Forwards: 0'] })
      assert.deepEqual([asked.field('max-forwards'), answer.body], ['0', 'here'])
    },
  },
]

export const cases: readonly Case[] = [...chains, ...abused, ...spoofed, certified, ...via, ...maxForwards]
