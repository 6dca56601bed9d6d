import assert from 'node:assert/strict'
import { chunked } from '../rig/say.ts'
import { type Ask, through } from '../rig/through.ts'
import type { UpstreamRequest } from '../rig/upstream.ts'
import type { Case, Wire } from '../rig/wire.ts'

const must = (rule: number, name: string, run: Case['run']): Case => ({ rule, level: 'must', name, run })
const should = (rule: number, name: string, run: Case['run']): Case => ({ rule, level: 'should', name, run })

const asks = (ask: Ask, look: (asked: UpstreamRequest, wire: Wire) => void) => async (wire: Wire) =>
  look((await through(wire, ask)).asked, wire)

/** RFC 9110 5.3: lines of one field may have become one, in their order. */
const together = (asked: UpstreamRequest, name: string) => asked.all(name).join(', ')

const host: readonly Case[] = [
  must(
    47,
    'sends exactly one Host',
    asks({ fields: ['Host: a.test'] }, (asked) => assert.deepEqual(asked.all('host'), ['a.test'])),
  ),
  must(47, 'sends one valid Host for a request of HTTP/1.0 that has none', async (wire) => {
    const client = await wire.connect()
    const { status } = await client.send(`GET ${wire.path('/x')} HTTP/1.0\r\n\r\n`).answer()
    const [asked] = wire.upstream.requests
    // May be refused as well.
    if (!asked) assert.equal(status, 400)
    else assert.match(together(asked, 'host'), /^[\w.~-]*(:\d+)?$/)
  }),
]

const repeated: readonly Case[] = [
  must(
    49,
    'keeps the order and the values of repeated request fields',
    asks({ fields: ['X-A: 1, 2', 'X-B: b', 'x-a: 3', 'X-A:', 'X-A: "4, 5"'] }, (asked) => {
      assert.equal(together(asked, 'x-a'), '1, 2, 3, , "4, 5"')
      assert.equal(asked.field('x-b'), 'b')
    }),
  ),
  must(
    49,
    'keeps the order and the values of repeated fields that are known',
    asks(
      { fields: ['Accept: a/b', 'Accept: c/d;q=0.5', 'Cache-Control: no-cache', 'Cache-Control: no-store'] },
      (asked) => {
        assert.equal(together(asked, 'accept'), 'a/b, c/d;q=0.5')
        assert.equal(together(asked, 'cache-control'), 'no-cache, no-store')
      },
    ),
  ),
  must(
    50,
    'joins lines of Cookie by a semicolon, or keeps them apart',
    asks({ fields: ['Cookie: a=1', 'Cookie: b="2, 3"; c=4', 'cookie: d=5'] }, (asked) => {
      assert.equal(asked.all('cookie').join('; '), 'a=1; b="2, 3"; c=4; d=5')
    }),
  ),
]

const TEXTS = { latin1: 'caf\xe9 \xff\x80', 'UTF-8': Buffer.from('naïve – 日本 🙂').toString('latin1') }
const BODIES: Readonly<Record<string, Ask>> = {
  'no body': {},
  'a body': { method: 'POST', fields: ['Content-Length: 5'], body: 'hello' },
  'a chunked body': { method: 'POST', fields: ['Transfer-Encoding: chunked'], body: chunked('hello') },
}

const opaque = Object.entries(TEXTS).flatMap(([encoding, text]) =>
  Object.entries(BODIES).map(([what, ask]) =>
    must(
      51,
      `passes ${encoding} in a field of a request with ${what}`,
      asks({ ...ask, fields: [`X-Text: ${text}`, ...(ask.fields ?? [])] }, (asked) => {
        assert.deepEqual([asked.field('x-text'), asked.body], [text, ask.body ? 'hello' : ''])
      }),
    ),
  ),
)

const invented: readonly Case[] = [
  must(
    53,
    'invents no Content-Type of a request',
    asks({ method: 'POST', fields: ['Content-Length: 2'], body: '{}' }, (asked) => {
      assert.equal(asked.field('content-type'), undefined)
    }),
  ),
  ...['User-Agent', 'Accept', 'Accept-Encoding', 'Accept-Language', 'Sec-Fetch-Mode', 'Cache-Control', 'Referer'].map(
    (name) =>
      should(
        54,
        `invents no ${name}`,
        asks({}, (asked) => assert.equal(asked.field(name), undefined)),
      ),
  ),
  must(
    55,
    'passes Accept-Encoding',
    asks({ fields: ['Accept-Encoding: br;q=1.0, zstd, *;q=0'] }, (asked) => {
      assert.equal(asked.field('accept-encoding'), 'br;q=1.0, zstd, *;q=0')
    }),
  ),
]

const framing: readonly Case[] = [
  should(
    56,
    'keeps the known length of a request',
    asks({ method: 'PUT', fields: ['Content-Length: 5'], body: 'hello' }, (asked) => {
      assert.deepEqual([asked.message.framing, asked.body], ['length', 'hello'])
    }),
  ),
  ...['GET', 'HEAD', 'DELETE', 'OPTIONS', 'PUT', 'POST', 'PATCH'].map((method) =>
    must(
      57,
      `frames no body of a ${method} that has none`,
      asks({ method }, (asked) => {
        assert.equal(asked.field('transfer-encoding'), undefined)
        assert.ok([undefined, '0'].includes(asked.field('content-length')))
      }),
    ),
  ),
  ...['POST', 'PUT', 'PATCH'].map((method) =>
    must(
      57,
      `keeps the length of an empty ${method}`,
      asks({ method, fields: ['Content-Length: 0'] }, (asked) => assert.equal(asked.field('content-length'), '0')),
    ),
  ),
]

const credentials: readonly Case[] = [
  must(
    58,
    'passes Authorization',
    asks({ fields: ['Authorization: Basic YTpi'] }, (asked) =>
      assert.equal(asked.field('authorization'), 'Basic YTpi'),
    ),
  ),
  should(
    58,
    'drops Proxy, which CGI takes for HTTP_PROXY',
    asks({ fields: ['Proxy: http://evil.test/'] }, (asked) => assert.equal(asked.field('proxy'), undefined)),
  ),
]

export const cases: readonly Case[] = [...host, ...repeated, ...opaque, ...invented, ...framing, ...credentials]
