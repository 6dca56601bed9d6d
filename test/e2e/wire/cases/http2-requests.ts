import assert from 'node:assert/strict'
import { data, END_STREAM, headers, reset } from '../../../support/http2-frames.ts'
import { alive, shown, targets } from '../rig/hostile.ts'
import { WireHttp2 } from '../rig/http2.ts'
import { ok } from '../rig/say.ts'
import type { Case, Wire } from '../rig/wire.ts'

const PSEUDO = (wire: Wire, method = 'GET') => [
  ...[':method', method, ':scheme', 'http', ':path', wire.path('/x'), ':authority', 'gateway.test'],
]

/** Nothing whole comes upstream; the stream is refused, reset, or goes with its connection; the gateway is well. */
async function refuses(wire: Wire, fields: readonly string[], ...body: readonly Buffer[]): Promise<void> {
  const client = await WireHttp2.open(wire)
  client.head(1, fields, body.length === 0).write(...body)
  await client.over(1)
  await alive(wire)
  assert.deepEqual(targets(wire), [])
}

type Law = Pick<Case, 'rule' | 'level' | 'name'>
const http2 = (law: Law, run: (wire: Wire) => Promise<void>): Case => ({ ...law, run, needs: ['h2c'] })

const CONNECTION_FIELDS: readonly (readonly [string, string])[] = [
  ['connection', 'close'],
  ['connection', 'keep-alive, x'],
  ['keep-alive', 'timeout=5'],
  ['proxy-connection', 'keep-alive'],
  ['transfer-encoding', 'chunked'],
  ['transfer-encoding', 'identity'],
  ['upgrade', 'websocket'],
  ['te', 'gzip'],
  ['te', 'trailers, gzip'],
]

const connectionFields = CONNECTION_FIELDS.map(([name, value]) =>
  http2({ rule: 99, level: 'must', name: `refuses a request of HTTP/2 with ${name}: ${value}` }, (wire) =>
    refuses(wire, [...PSEUDO(wire), name, value]),
  ),
)

const trailers = http2(
  { rule: 99, level: 'must', name: 'takes a request of HTTP/2 with te: trailers' },
  async (wire) => {
    const client = await WireHttp2.open(wire)
    client.head(1, [...PSEUDO(wire), 'te', 'trailers'], true)
    assert.equal(await client.over(1), 'answered')
    assert.equal(client.body(1), 'ok')
  },
)

const ODD_FIELDS: readonly (readonly [string, string])[] = [
  ['X', 'y'],
  ['x', 'a\r\nevil: 1'],
  ['x', 'a\nevil: 1'],
  ['x', 'a\rb'],
  ['x', 'a\0b'],
  ['x\r\nevil', '1'],
  ['x\n', '1'],
  ['x: evil', '1'],
  ['x y', '1'],
  ['x\0', '1'],
  ['', '1'],
  ['x\x7f', '1'],
  ['transfer-encoding:chunked', '1'],
]

// RFC 9113 8.2.1 calls the whole request malformed. For an instance of HTTP/1.1 it is as good that nothing of the field comes.
const oddFields = ODD_FIELDS.map(([name, value]) =>
  http2(
    { rule: 100, level: 'must', name: `refuses or drops the field ${shown(name)}: ${shown(value)} of HTTP/2` },
    async (wire) => {
      const client = await WireHttp2.open(wire)
      client.head(1, [...PSEUDO(wire), name, value], true)
      const end = await client.over(1)
      await alive(wire)
      const [asked, ...others] = wire.upstream.requests.filter(({ target }) => target !== '/alive')
      assert.deepEqual(others, [])
      if (end !== 'answered' || !asked) return
      assert.equal(asked.field('x'), undefined)
      assert.doesNotMatch(asked.message.rawHead, /evil|chunked/)
    },
  ),
)

const ODD_PSEUDO: Readonly<Record<string, readonly [name: string, value: string]>> = {
  'a path with a blank': [':path', '#/x y'],
  'a path that holds a request': [':path', '#/x HTTP/1.1\r\nHost: a\r\n\r\nGET /smuggled'],
  'a path with LF': [':path', '#/x\ny'],
  'a path with NUL': [':path', '#/x\0'],
  'no path': [':path', ''],
  'a path without a slash': [':path', 'x'],
  'a method with a blank': [':method', 'GET /smuggled HTTP/1.1'],
  'a method with CR and LF': [':method', 'GET\r\nX: y'],
  'no method': [':method', ''],
  'an authority with a blank': [':authority', 'a b'],
  'an authority with CR and LF': [':authority', 'a\r\nX: y'],
  'an authority with a path': [':authority', 'a/b'],
  'an authority with userinfo': [':authority', 'user@a'],
}

const oddPseudo = Object.entries(ODD_PSEUDO).map(([what, [name, value]]) =>
  http2({ rule: 100, level: 'must', name: `refuses a request of HTTP/2 with ${what}` }, (wire) => {
    const fields = PSEUDO(wire)
    fields[fields.indexOf(name) + 1] = value.replace('#', wire.path(''))
    return refuses(wire, fields)
  }),
)

const SECTIONS: Readonly<Record<string, (fields: string[]) => readonly string[]>> = {
  'without :method': (fields) => fields.slice(2),
  'without :path': (fields) => fields.filter((_, at) => at !== 4 && at !== 5),
  'without :scheme': (fields) => fields.filter((_, at) => at !== 2 && at !== 3),
  'with two :path': (fields) => [...fields, ':path', fields[5]!],
  'with two :method': (fields) => [':method', 'GET', ...fields],
  'with a pseudo-header field behind others': (fields) => ['x', 'y', ...fields],
  'with an unknown pseudo-header field': (fields) => [...fields, ':x', 'y'],
  'with :status': (fields) => [...fields, ':status', '200'],
}

const sections = Object.entries(SECTIONS).map(([what, change]) =>
  http2({ rule: 100, level: 'must', name: `refuses a request of HTTP/2 ${what}` }, (wire) =>
    refuses(wire, change(PSEUDO(wire))),
  ),
)

const LENGTHS: Readonly<Record<string, readonly [length: readonly string[], ...body: readonly Buffer[]]>> = {
  'more data than it tells': [['5'], data(1, 'hello world', END_STREAM)],
  'fewer data than it tells': [['50'], data(1, 'hello', END_STREAM)],
  'no data where it tells some': [['5'], data(1, '', END_STREAM)],
  'data where it tells none': [['0'], data(1, 'hello', END_STREAM)],
  'more data in several frames': [['5'], data(1, 'hel'), data(1, 'lo!'), data(1, '', END_STREAM)],
  'two different lengths': [['5', '6'], data(1, 'hello', END_STREAM)],
  'a length that is none': [['5x'], data(1, 'hello', END_STREAM)],
  'a negative length': [['-5'], data(1, 'hello', END_STREAM)],
}

const lengths = Object.entries(LENGTHS).map(([what, [told, ...body]]) =>
  http2({ rule: 101, level: 'must', name: `never completes a request of HTTP/2 with ${what}` }, (wire) => {
    const fields = told.flatMap((length) => ['content-length', length])
    return refuses(wire, [...PSEUDO(wire, 'POST'), ...fields], ...body)
  }),
)

const headOnly = http2(
  { rule: 101, level: 'must', name: 'never completes a request of HTTP/2 that tells a length and ends with its head' },
  (wire) => refuses(wire, [...PSEUDO(wire, 'POST'), 'content-length', '5']),
)

const translated: readonly Case[] = [
  http2(
    { rule: 102, level: 'must', name: 'goes by :authority where Host says another thing, or refuses that' },
    async (wire) => {
      const client = await WireHttp2.open(wire)
      client.head(1, [...PSEUDO(wire), 'host', 'other.test'], true)
      await client.over(1)
      for (const asked of wire.upstream.requests) {
        assert.equal(asked.all('host').length, 1)
        assert.notEqual(asked.field('host'), 'other.test')
      }
      await alive(wire)
    },
  ),
  http2({ rule: 103, level: 'must', name: 'joins the pieces of a cookie with a semicolon' }, async (wire) => {
    const client = await WireHttp2.open(wire)
    client.head(1, [...PSEUDO(wire), 'cookie', 'a=1', 'x', 'y', 'cookie', 'b=2', 'cookie', 'c=3'], true)
    assert.equal(await client.over(1), 'answered')
    assert.equal(wire.upstream.requests[0]!.all('cookie').join('; '), 'a=1; b=2; c=3')
  }),
  http2(
    { rule: 104, level: 'must', name: 'ends the exchange of a stream that is reset, and no other' },
    async (wire) => {
      wire.upstream.respond(() => undefined)
      const client = await WireHttp2.open(wire)
      client.head(1, PSEUDO(wire), true).head(3, PSEUDO(wire), true)
      const [first, second] = [await wire.upstream.request(1), await wire.upstream.request(2)]
      client.write(reset(1, 8))
      await Promise.race([first.connection.closed(4000), second.connection.closed(4000)])
      const [kept] = [first, second].filter(({ connection }) => !connection.ended)
      kept!.write(ok('kept'))
      await client.over(3)
      assert.equal(client.body(3), 'kept')
    },
  ),
  http2({ rule: 101, level: 'must', name: 'frames a body of HTTP/2 for an instance of HTTP/1.1' }, async (wire) => {
    const client = await WireHttp2.open(wire)
    client.write(headers(1, PSEUDO(wire, 'POST')), data(1, 'hel'), data(1, 'lo', END_STREAM))
    assert.equal(await client.over(1), 'answered')
    assert.equal(wire.upstream.requests[0]!.body, 'hello')
  }),
]

export const cases: readonly Case[] = [
  ...[...connectionFields, trailers, ...oddFields, ...oddPseudo, ...sections],
  ...[...lengths, headOnly, ...translated],
]
