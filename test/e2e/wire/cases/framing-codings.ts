import assert from 'node:assert/strict'
import { refuses, refusesOr, shown } from '../rig/hostile.ts'
import { chunked, request } from '../rig/say.ts'
import type { Case, Wire } from '../rig/wire.ts'

// 422: what HAProxy says to codings that it cannot undo.
const REFUSALS = [400, 422, 501]

const post = ({ path }: Wire, fields: readonly string[], version = '1.1') =>
  request(`POST ${path('/x')} HTTP/${version}`, ...fields) + chunked('hello')

const NOT_CHUNKED = [
  ...['gzip', 'identity', 'cow', 'xchunked', 'chunkedx', 'chunk', 'chunked-foo', 'chunked;q=1', 'chunked; a=b'],
  ...[
    '"chunked"',
    "'chunked'",
    'chunk ed',
    'chunked gzip',
    'gzip chunked',
    'chunked\x0b',
    '\x0bchunked',
    '\x0cchunked',
  ],
  ...['chunked\x00', 'chunked\xa0', '\xffchunked', 'chunkeſ', 'trailers', 'deflate', 'close', 'true', '1', '=chunked'],
  ...['gzip, chunked', 'deflate, chunked', 'x, chunked', 'identity, chunked', 'gzip,chunked'],
]

const notChunked = NOT_CHUNKED.map(
  (coding): Case => ({
    rule: 5,
    level: 'must',
    name: `refuses Transfer-Encoding: ${shown(coding)}`,
    run: (wire) => refuses(wire, post(wire, [`Transfer-Encoding: ${coding}`]), REFUSALS),
  }),
)

const besideLength = ['xchunked', 'identity', 'gzip', 'chunked\x0b', '"chunked"', ', chunked', 'chunked, x'].map(
  (coding): Case => ({
    rule: 5,
    level: 'must',
    name: `refuses Transfer-Encoding: ${shown(coding)} beside a Content-Length`,
    run: (wire) => refuses(wire, post(wire, [`Transfer-Encoding: ${coding}`, 'Content-Length: 4']), REFUSALS),
  }),
)

/** An empty element of a list counts for nothing, an empty field neither; but who sends such a thing? */
const empty = [',chunked', ', chunked', 'chunked,', 'chunked, ', ',', ''].map(
  (coding): Case => ({
    rule: 5,
    level: 'must',
    name: `refuses Transfer-Encoding: ${shown(coding)}, or makes it plain`,
    run: (wire) =>
      refusesOr(
        wire,
        post(wire, [`Transfer-Encoding: ${coding}`]),
        (asked) => {
          assert.ok(['chunked', undefined].includes(asked.field('transfer-encoding')))
          assert.equal(asked.body, coding.includes('chunked') ? 'hello' : '')
        },
        REFUSALS,
      ),
  }),
)

const plain = ['chunked', 'Chunked', 'CHUNKED', '  chunked', '\tchunked', 'chunked '].map(
  (coding): Case => ({
    rule: 5,
    level: coding.trim() === coding ? 'must' : 'should',
    name: `takes Transfer-Encoding: ${shown(coding)} for what it is`,
    async run(wire) {
      const client = await wire.connect()
      assert.equal((await client.send(post(wire, [`Transfer-Encoding:${coding}`])).answer()).status, 200)
      assert.equal((await wire.upstream.request()).body, 'hello')
    },
  }),
)

const TWICE: readonly (readonly string[])[] = [
  ['chunked', 'chunked'],
  ['chunked, chunked'],
  ['chunked,chunked'],
  ['chunked, gzip'],
  ['chunked, identity'],
  ['gzip, chunked, chunked'],
  ['chunked', 'gzip'],
  ['gzip', 'chunked'],
  ['chunked', 'identity'],
  ['identity', 'chunked'],
  ['chunked', 'x'],
  ['x', 'chunked'],
  ['chunked', 'cow, chunked'],
]

const twice = TWICE.map(
  (codings): Case => ({
    rule: 6,
    level: 'must',
    name: `refuses Transfer-Encoding ${codings.join(' and ')}`,
    run: (wire) =>
      refuses(
        wire,
        post(
          wire,
          codings.map((coding) => `Transfer-Encoding: ${coding}`),
        ),
        REFUSALS,
      ),
  }),
)

const OLD: Readonly<Record<string, readonly string[]>> = {
  'Transfer-Encoding': ['Transfer-Encoding: chunked'],
  'Transfer-Encoding and keep-alive': ['Transfer-Encoding: chunked', 'Connection: keep-alive'],
  'Transfer-Encoding and a length': ['Transfer-Encoding: chunked', 'Content-Length: 3'],
  'Transfer-Encoding: identity': ['Transfer-Encoding: identity'],
  'Transfer-Encoding: gzip, chunked': ['Transfer-Encoding: gzip, chunked'],
}

const old = Object.entries(OLD).map(
  ([what, fields]): Case => ({
    rule: 7,
    level: 'must',
    name: `refuses ${what} in HTTP/1.0, or closes after the answer and does not execute what follows`,
    run: (wire) =>
      refusesOr(
        wire,
        post(wire, fields, '1.0'),
        async (asked, client) => {
          assert.ok(['chunked', undefined].includes(asked.field('transfer-encoding')?.toLowerCase()))
          await client.closed()
          assert.equal(wire.upstream.requests.filter(({ target }) => target === '/following').length, 0)
        },
        REFUSALS,
      ),
  }),
)

export const cases: readonly Case[] = [...notChunked, ...besideLength, ...empty, ...plain, ...twice, ...old]
