import assert from 'node:assert/strict'
import { alive, assertNothingWhole, refusesOr, shown } from '../rig/hostile.ts'
import type { Case, Wire } from '../rig/wire.ts'

const HOST = '\r\nHost: gateway.test\r\n\r\n'
const line = (target: string, { path }: Wire, version = 'HTTP/1.1') => `GET ${path(target)} ${version}${HOST}`

const BLANKS = [
  ...['/a b', '/a\tb', '/a\0b', '/a\x0bb', '/a\x0cb', '/a\x7fb', '/a\rb', '/a?b c', '/a?b\tc'],
  ...['/\x01', '/a?\0', '/a\x1b', '/a\x1f', '/a\x85'],
]

const blanks = BLANKS.map(
  (target): Case => ({
    rule: 21,
    level: 'must',
    name: `refuses the target ${shown(target)}, or encodes it`,
    // The upstream takes no target with a blank or a control in it.
    run: (wire) =>
      refusesOr(wire, line(target, wire), (asked) => {
        assert.equal(asked.field('content-length') ?? '0', '0')
        assert.doesNotMatch(decodeURI(asked.target.replace('%', '')), /[\0\r\n\t ]/)
      }),
  }),
)

const ENCODED = ['%0d%0aX:%20y', '%0D%0A%0D%0AGET%20/', '%00', '%0a', '%0d', '%09', '%20', '%7f', '%E5%98%8A%E5%98%8D']

const encoded = ENCODED.flatMap((text) =>
  [`/${text}`, `/?${text}`].map(
    (target): Case => ({
      rule: 21,
      level: 'must',
      name: `decodes nothing of ${target} (forwards or refuses it)`,
      run: (wire) =>
        refusesOr(
          wire,
          line(target, wire),
          (asked) => {
            assert.match(asked.target, new RegExp(text.slice(0, 3), 'i'))
            assert.equal(asked.field('x'), undefined)
          },
          [400, 404],
        ),
    }),
  ),
)

const LINES: Readonly<Record<string, (target: string) => string>> = {
  'no target': () => 'GET HTTP/1.1',
  'no target between blanks': () => 'GET  HTTP/1.1',
  'a target without a slash': (target) => `GET ${target.slice(1)} HTTP/1.1`,
  'a target that begins with a query': () => 'GET ?x HTTP/1.1',
  'an asterisk for a target': () => 'GET * HTTP/1.1',
  'an authority for a target': () => 'GET gateway.test:80 HTTP/1.1',
  'nothing but the method': () => 'GET',
  'nothing but a target': (target) => target,
  'a blank before the method': (target) => ` GET ${target} HTTP/1.1`,
  'a tab for a blank': (target) => `GET\t${target}\tHTTP/1.1`,
  'no method': (target) => ` ${target} HTTP/1.1`,
  'a method that is no token': (target) => `G@T ${target} HTTP/1.1`,
  'a method with a colon': (target) => `GET: ${target} HTTP/1.1`,
  'NUL in the method': (target) => `G\0ET ${target} HTTP/1.1`,
  'a fourth word': (target) => `GET ${target} HTTP/1.1 x`,
  'two versions': (target) => `GET ${target} HTTP/1.1 HTTP/1.1`,
}

// A method that nobody knows may be told so, and a target that nobody serves as well.
const REFUSALS = [400, 404, 405, 501]

const lines = Object.entries(LINES).map(
  ([what, asLine]): Case => ({
    rule: 21,
    level: 'must',
    name: `refuses a request line with ${what}, or makes it plain`,
    async run(wire) {
      const client = await wire.connect()
      const answer = await client
        .send(asLine(wire.path('/x')) + HOST)
        .end()
        .answerOrEnd()
      const [asked] = wire.upstream.requests
      if (asked?.complete) return assert.deepEqual([asked.method, asked.target], ['GET', '/x'])
      if (answer) assert.ok(REFUSALS.includes(answer.status), `answered ${answer.status}`)
      await assertNothingWhole(wire)
    },
  }),
)

const VERSIONS = [
  ...[
    'HTTP/3.7',
    'HTTP/2.0',
    'HTTP/2',
    'HTTP/0.9',
    'HTTP/9.9',
    'HTTP/1',
    'HTTP/1.',
    'HTTP/.1',
    'HTTP/1.10',
    'HTTP/11.1',
  ],
  ...['HTTP/01.1', 'HTTP/1.01', 'HTTP/1.1x', 'HTTP/x.y', 'HTTP/1,1', 'HTTP/-1.1', 'HTTP/+1.1', 'http/1.1', 'Http/1.1'],
  ...[
    'HTTPS/1.1',
    'HTTP',
    'HTTP/',
    'HTTP1.1',
    'FTP/1.1',
    'ICE/1.0',
    'RTSP/1.0',
    'HTTP /1.1',
    'HTTP/ 1.1',
    'HTTP/1.1\0',
  ],
  ...['HTTP/1.1 ', ' HTTP/1.1', 'HTTP/1.1\t', 'HTTP/1.2', 'HTTP/1.9', 'HTTP/99999999999999999999.1', '\xffHTTP/1.1'],
]

const versions = VERSIONS.map(
  (version): Case => ({
    rule: 22,
    level: 'must',
    name: `refuses the version ${shown(version)}, or forwards as HTTP/1.1`,
    run: (wire) =>
      refusesOr(
        wire,
        line('/x', wire, version),
        (asked) => {
          assert.match(asked.message.startLine, / HTTP\/1\.[01]$/)
          // With the version, part of the line may have been taken for the target; what goes out is well-formed.
          assert.match(asked.target, /^\/x/)
        },
        [400, 404, 426, 505],
      ),
  }),
)

const unversioned = [
  '',
  '\r\nHost: gateway.test\r\nConnection: keep-alive',
  '\r\nX: y HTTP/1.1\r\nHost: gateway.test',
  '\nX: y HTTP/1.1\nHost: gateway.test',
].map(
  (rest): Case => ({
    rule: 22,
    level: 'must',
    name: `refuses a request without a version${rest ? ` with ${shown(rest)} behind it` : ''}, or takes it for HTTP/0.9, and closes`,
    async run(wire) {
      const client = await wire.connect()
      client.send(`GET ${wire.path('/x')}${rest}\r\n\r\n`)
      await client.closed()
      await alive(wire)
      for (const { message } of wire.upstream.requests) {
        assert.match(message.startLine, / HTTP\/1\.[01]$/)
        assert.equal(message.field('x'), undefined)
      }
    },
  }),
)

export const cases: readonly Case[] = [...blanks, ...encoded, ...lines, ...versions, ...unversioned]
