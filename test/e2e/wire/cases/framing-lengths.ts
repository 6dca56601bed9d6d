import assert from 'node:assert/strict'
import { refuses, refusesOr, shown } from '../rig/hostile.ts'
import { request } from '../rig/say.ts'
import type { Case, Wire } from '../rig/wire.ts'

const post = ({ path }: Wire, fields: readonly string[], body: string, version = '1.1') =>
  request(`POST ${path('/x')} HTTP/${version}`, ...fields) + body

const BOTH: Readonly<Record<string, readonly string[]>> = {
  'Content-Length before Transfer-Encoding': ['Content-Length: 6', 'Transfer-Encoding: chunked'],
  'Transfer-Encoding before Content-Length': ['Transfer-Encoding: chunked', 'Content-Length: 6'],
  'Content-Length: 0 and Transfer-Encoding': ['Content-Length: 0', 'Transfer-Encoding: chunked'],
  'a long Content-Length and Transfer-Encoding': ['Content-Length: 60', 'Transfer-Encoding: chunked'],
  'Content-Length and Transfer-Encoding: Chunked': ['content-length: 6', 'transfer-encoding: Chunked'],
  'an invalid Content-Length and Transfer-Encoding': ['Content-Length: 6x', 'Transfer-Encoding: chunked'],
}

const both = Object.entries(BOTH).map(
  ([what, fields]): Case => ({
    rule: 1,
    level: 'must',
    name: `refuses ${what}, or goes by the latter, sends no length, and closes`,
    run: (wire) =>
      refusesOr(wire, post(wire, fields, '0\r\n\r\n'), async (asked, client) => {
        assert.equal(asked.body, '')
        assert.equal(asked.field('content-length') ?? '0', '0')
        await client.closed()
        assert.equal(wire.upstream.requests.filter(({ target }) => target === '/following').length, 0)
      }),
  }),
)

const DIFFERENT: readonly (readonly string[])[] = [
  ['3', '4'],
  ['4', '3'],
  ['0', '3'],
  ['3', '0'],
  ['3', '3', '4'],
  ['3, 4'],
  ['3,4'],
  ['4, 3, 4'],
  ['3', ''],
  ['', '3'],
  ['3', '+3'],
  ['3', '3a'],
]

const different = DIFFERENT.map(
  (lengths): Case => ({
    rule: 2,
    level: 'must',
    name: `refuses Content-Length ${lengths.map((length) => shown(length)).join(' and ')}`,
    run: (wire) => {
      const fields = lengths.map((length) => `Content-Length: ${length}`)
      return refuses(wire, post(wire, fields, 'abcd'))
    },
  }),
)

const SAME: readonly (readonly string[])[] = [['3', '3'], ['3, 3'], ['3,3'], ['3', '3', '3'], ['3', '03'], ['003']]

const same = SAME.map(
  (lengths): Case => ({
    rule: 3,
    level: 'must',
    name: `refuses Content-Length ${lengths.join(' and ')}, or sends it once`,
    run: (wire) => {
      const fields = lengths.map((length) => `Content-Length: ${length}`)
      return refusesOr(wire, post(wire, fields, 'abc'), (asked) => {
        assert.equal(asked.body, 'abc')
        assert.equal(asked.all('content-length').length, 1)
      })
    },
  }),
)

const ODD = [
  ...['+5', '-5', '-0', '0x5', '5.0', '5e0', '', '5abc', 'abc', '5 5', '5,', ',5', '5;', '"5"', '5_0', "5'", '$5'],
  ...['5\x0b', '\x0c5', '5\x00', '\x005', '5\xa0', '\xef\xbc\x95', 'NaN', 'Infinity', '0b101', '0o5', '5L', '٥'],
  // 2^63, 2^64, 2^64 + 5, and what would overflow anything.
  ...['9223372036854775808', '18446744073709551616', '18446744073709551621', '9'.repeat(40)],
]

const odd = ODD.map(
  (length): Case => ({
    rule: 4,
    level: 'must',
    name: `refuses Content-Length ${shown(length.slice(0, 30))}`,
    // Too large to be meant may be said, too.
    run: (wire) => refuses(wire, post(wire, [`Content-Length: ${length}`], 'hello'), [400, 413]),
  }),
)

const lengths: readonly Case[] = [
  {
    rule: 4,
    level: 'must',
    name: 'does not cut a Content-Length to 32 bits (refused or waited for)',
    async run(wire) {
      const client = await wire.connect()
      client.send(post(wire, [`Content-Length: ${2 ** 32 + 5}`], 'hello'))
      client.send(request(`GET ${wire.path('/following')} HTTP/1.1`))
      const asked = await Promise.race([wire.upstream.request(), client.answer().then(() => undefined)])
      if (asked) assert.equal(asked.field('content-length') ?? `${2 ** 32 + 5}`, `${2 ** 32 + 5}`)
      client.reset()
      for (const connection of wire.upstream.connections) await connection.closed()
      assert.deepEqual(
        wire.upstream.requests.filter(({ complete }) => complete),
        [],
      )
    },
  },
  ...['5', ' 5', '\t5', '5 ', '05'].map(
    (length): Case => ({
      rule: 4,
      level: length === '5' || length === ' 5' ? 'must' : 'should',
      name: `takes Content-Length:${shown(length)} for five`,
      async run({ connect, path, upstream }) {
        const client = await connect()
        client.send(`POST ${path('/x')} HTTP/1.1\r\nHost: a\r\nContent-Length:${length}\r\n\r\nhello`)
        assert.equal((await client.answer()).status, 200)
        assert.equal((await upstream.request()).body, 'hello')
      },
    }),
  ),
]

export const cases: readonly Case[] = [...both, ...different, ...same, ...odd, ...lengths]
