import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import type { Answer } from '../rig/client.ts'
import { chunked, ok, response } from '../rig/say.ts'
import { type Ask, through } from '../rig/through.ts'
import type { Case } from '../rig/wire.ts'

const must = (rule: number, name: string, run: Case['run']): Case => ({ rule, level: 'must', name, run })

const answered = (said: string, look: (answer: Answer) => void, ask: Ask = {}): Case['run'] =>
  async function run(wire) {
    wire.upstream.respond(said)
    look((await through(wire, ask)).answer)
  }

/** Of fields of this name, as lines; `name` in lower case. */
const lines = ({ message }: Answer, name: string) => message.all(name)

const repeated: readonly Case[] = [
  must(
    48,
    'keeps Set-Cookie lines apart and in order',
    answered(
      ok(
        '',
        'Set-Cookie: a=1; Expires=Wed, 21 Oct 2099 07:28:00 GMT',
        'X-Odd: 1',
        'set-cookie: b=2',
        'SET-COOKIE: a=3; Path=/, x',
      ),
      (answer) => {
        assert.deepEqual(lines(answer, 'set-cookie'), [
          'a=1; Expires=Wed, 21 Oct 2099 07:28:00 GMT',
          'b=2',
          'a=3; Path=/, x',
        ])
      },
    ),
  ),
  must(
    49,
    'keeps the order and the values of repeated response fields',
    // RFC 9110 5.3: they may have become one line.
    answered(ok('', 'X-A: 1, 2', 'Vary: a', 'x-a: 3', 'X-A:', 'Vary: b'), (answer) => {
      assert.equal(lines(answer, 'x-a').join(', '), '1, 2, 3, ')
      assert.equal(lines(answer, 'vary').join(', '), 'a, b')
    }),
  ),
  must(
    49,
    'keeps challenges apart or in order',
    answered(
      response('401 Unauthorized', [
        'WWW-Authenticate: Basic realm="a, b"',
        'WWW-Authenticate: Bearer',
        'Content-Length: 0',
      ]),
      (answer) => assert.equal(lines(answer, 'www-authenticate').join(', '), 'Basic realm="a, b", Bearer'),
      { status: 401 },
    ),
  ),
]

const TEXTS = { latin1: 'caf\xe9 \xff\x80', 'UTF-8': Buffer.from('naïve – 日本 🙂').toString('latin1') }
const disposition = (text: string) => `Content-Disposition: attachment; filename="${text}"`
const BODIES: Readonly<Record<string, (field: string) => string>> = {
  'a body': (field) => response('200 OK', ['Content-Length: 5', field], 'hello'),
  'a long body': (field) => response('200 OK', ['Content-Length: 100000', field], 'x'.repeat(100_000)),
  'a chunked body': (field) => response('200 OK', [field, 'Transfer-Encoding: chunked'], chunked('hello')),
  'an empty body': (field) => response('200 OK', [field, 'Content-Length: 0']),
  'no body': (field) => response('304 Not Modified', [field]),
}

const opaque = Object.entries(TEXTS).flatMap(([encoding, text]) =>
  Object.entries(BODIES).map(([what, said]) =>
    must(
      51,
      `passes ${encoding} in a field of a response with ${what}`,
      answered(
        said(disposition(text)),
        (answer) => assert.equal(answer.field('content-disposition'), disposition(text).slice(21)),
        { status: what === 'no body' ? 304 : 200 },
      ),
    ),
  ),
)

const DATE = 'Tue, 15 Nov 1994 08:12:31 GMT'
const END_TO_END = [
  'Server: mine/1.0 (x)',
  'ETag: W/"a"',
  `Last-Modified: ${DATE}`,
  'Cache-Control: private, max-age=5',
  'Vary: Origin',
  'Age: 7',
  "Content-Security-Policy: default-src 'self'; img-src *",
  'Content-Language: de',
  'Accept-Ranges: bytes',
  'Link: </a>; rel=preload',
  'Alt-Svc: h3=":443"',
  'Warning: 199 - "odd"',
  'Strict-Transport-Security: max-age=1',
]

const kept: readonly Case[] = [
  must(
    52,
    'keeps the Date of the origin, and tells no other',
    answered(ok('', `Date: ${DATE}`), (answer) => assert.deepEqual(lines(answer, 'date'), [DATE])),
  ),
  must(
    52,
    'tells at most one Date when the origin tells none',
    answered(ok(''), (answer) => assert.ok(lines(answer, 'date').length <= 1)),
  ),
  ...END_TO_END.map((field) => {
    const [name = '', value] = field.split(/: (.*)/)
    return must(
      52,
      `keeps ${name}`,
      answered(ok('body', field), (answer) => assert.deepEqual(lines(answer, name), [value])),
    )
  }),
  ...Object.entries({
    'an answer': ok('{}'),
    'a chunked answer': response('200 OK', ['Transfer-Encoding: chunked'], chunked('{}')),
    'an empty answer': ok(''),
    'an error': response('500 Oops', ['Content-Length: 2'], '{}'),
    'an answer without a body': response('204 No Content'),
  }).map(([what, said]) =>
    must(
      53,
      `invents no Content-Type of ${what}`,
      answered(said, (answer) => assert.equal(answer.field('content-type'), undefined), {
        status: Number(said.slice(9, 12)),
      }),
    ),
  ),
]

const zipped = gzipSync('hello hello hello').toString('latin1')
const CODED: Readonly<Record<string, string>> = {
  'a gzipped body': ok(zipped, 'Content-Encoding: gzip', 'ETag: "z"'),
  'a gzipped body in chunks': response(
    '200 OK',
    ['Content-Encoding: gzip', 'ETag: "z"', 'Transfer-Encoding: chunked'],
    chunked(zipped.slice(0, 9), zipped.slice(9)),
  ),
  'a body that is no gzip but says so': ok(zipped.slice(3), 'Content-Encoding: gzip', 'ETag: "z"'),
  'a body of an unknown coding': ok('odd bytes', 'Content-Encoding: odd', 'ETag: "z"'),
  'a plain body': ok('hello', 'ETag: "z"', 'Content-Type: text/html'),
}

const coded = Object.entries(CODED).flatMap(([what, said]) =>
  [['Accept-Encoding: gzip'], []].map((fields) =>
    must(
      55,
      `passes ${what} untouched ${fields.length > 0 ? 'to who takes gzip' : 'to who says nothing of codings'}`,
      async (wire) => {
        wire.upstream.respond(said)
        const { answer } = await through(wire, { fields })
        assert.equal(answer.field('etag'), '"z"')
        assert.equal(answer.field('content-encoding'), /Content-Encoding: (\w+)/.exec(said)?.[1])
        assert.equal(answer.field('content-length'), /Content-Length: (\d+)/.exec(said)?.[1])
        const body = said.includes('chunked') ? zipped : said.slice(said.indexOf('\r\n\r\n') + 4)
        assert.equal(answer.body, body)
      },
    ),
  ),
)

const lengths: readonly Case[] = [
  {
    rule: 56,
    level: 'should',
    name: 'keeps the known length of a response',
    run: answered(ok('hello'), (answer) =>
      assert.deepEqual([answer.message.framing, answer.body], ['length', 'hello']),
    ),
  },
  {
    rule: 56,
    level: 'should',
    name: 'keeps the known length of a long response',
    run: answered(ok('x'.repeat(300_000)), ({ message }) => {
      assert.deepEqual([message.framing, message.bodyBytes], ['length', 300_000])
    }),
  },
]

export const cases: readonly Case[] = [...repeated, ...opaque, ...kept, ...coded, ...lengths]
