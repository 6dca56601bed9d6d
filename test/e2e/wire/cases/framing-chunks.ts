import assert from 'node:assert/strict'
import { alive, refuses, refusesOr, shown } from '../rig/hostile.ts'
import { request } from '../rig/say.ts'
import type { Case, Wire } from '../rig/wire.ts'

const post = ({ path }: Wire, body: string) =>
  request(`POST ${path('/x')} HTTP/1.1`, 'Transfer-Encoding: chunked') + body

const SIZES = [
  ...['+5', '-5', '-0', '0x5', ' 5', '\t5', '', 'g', '5g', '5.0', '5_', "'5'", '5,', '5\0', '\x005'],
  ...['5\x0b', '5\r', '\r5', '5 0', '"5"', '\xb5', '5\xa0'],
  // 2^64 + 5, 2^64 - 1, and what would overflow anything.
  ...['10000000000000005', 'ffffffffffffffff', 'f'.repeat(20), '1'.repeat(60)],
]

// 408: who can count to 2^64 - 1 may wait for so many bytes.
const sizes = SIZES.map(
  (size): Case => ({
    rule: 14,
    level: 'must',
    name: `refuses the chunk size ${shown(size.slice(0, 30))}`,
    run: (wire) => refuses(wire, post(wire, `${size}\r\nhello\r\n0\r\n\r\n`), [400, 408, 413]),
  }),
)

const padded = ['5 \r\nhello\r\n0', '5\t\r\nhello\r\n0', '5\r\nhello\r\n0 '].map(
  (body): Case => ({
    rule: 14,
    level: 'must',
    name: `refuses a blank behind a chunk size (${shown(body)}), or drops it`,
    run: (wire) => refusesOr(wire, post(wire, `${body}\r\n\r\n`), (asked) => assert.equal(asked.body, 'hello')),
  }),
)

const zeros = [20, 200].map(
  (count): Case => ({
    rule: 14,
    level: 'must',
    name: `takes a chunk size with ${count} zeros before it for what it is, or refuses it`,
    run: (wire) =>
      refusesOr(wire, post(wire, `${'0'.repeat(count)}5\r\nhello\r\n0\r\n\r\n`), (asked) =>
        assert.equal(asked.body, 'hello'),
      ),
  }),
)

const laterSizes = ['+0', '-0', '0x0', 'x', '', '00g'].map(
  (size): Case => ({
    rule: 14,
    level: 'must',
    name: `refuses the last chunk size ${shown(size)}`,
    run: (wire) => refuses(wire, post(wire, `5\r\nhello\r\n${size}\r\n\r\n`)),
  }),
)

const PROPER: Readonly<Record<string, string>> = {
  'a small letter': `a\r\nhellohello\r\n0\r\n\r\n`,
  'a capital letter': `A\r\nhellohello\r\n0\r\n\r\n`,
  'two digits': `0a\r\nhellohello\r\n0\r\n\r\n`,
  'several zeros at the end': `5\r\nhello\r\n5\r\nhello\r\n000\r\n\r\n`,
}

const proper = Object.entries(PROPER).map(
  ([what, body]): Case => ({
    rule: 14,
    level: 'must',
    name: `takes a chunk size of ${what}`,
    async run(wire) {
      const client = await wire.connect()
      assert.equal((await client.send(post(wire, body)).answer()).status, 200)
      assert.equal((await wire.upstream.request()).body, 'hellohello')
    },
  }),
)

const UNENDED: Readonly<Record<string, string>> = {
  'two other characters': '5\r\nhelloXX0\r\n\r\n',
  nothing: '5\r\nhello0\r\n\r\n',
  'more data': '5\r\nhello world\r\n0\r\n\r\n',
  'one more byte': '5\r\nhello!\r\n0\r\n\r\n',
  'LF only': '5\r\nhello\n0\r\n\r\n',
  'CR only': '5\r\nhello\r0\r\n\r\n',
  'CR twice': '5\r\nhello\r\r\n0\r\n\r\n',
  'LF before CR': '5\r\nhello\n\r0\r\n\r\n',
  'a blank': '5\r\nhello \r\n0\r\n\r\n',
  NUL: '5\r\nhello\0\r\n0\r\n\r\n',
  'an empty line': '5\r\nhello\r\n\r\n0\r\n\r\n',
  'fewer data than it says': '7\r\nhello\r\nX\r\n0\r\n\r\n',
}

const unended = Object.entries(UNENDED).map(
  ([what, body]): Case => ({
    rule: 15,
    level: 'must',
    name: `refuses a chunk that is followed by ${what}`,
    run: (wire) => refuses(wire, post(wire, body)),
  }),
)

const TRAILERS: Readonly<Record<string, string>> = {
  'no field': 'nonsense',
  'a blank before the colon': 'X : y',
  'a fold': 'X: a\r\n b',
  'a name that is no token': 'X Y: z',
  'a bare CR': 'X: a\rb',
  NUL: 'X: a\0b',
  'a request': 'GET / HTTP/1.1',
}

const trailers = Object.entries(TRAILERS).map(
  ([what, line]): Case => ({
    rule: 15,
    level: 'must',
    name: `refuses a trailer section with ${what}, or drops it`,
    run: (wire) =>
      refusesOr(wire, post(wire, `5\r\nhello\r\n0\r\n${line}\r\n\r\n`), (asked) => {
        assert.equal(asked.body, 'hello')
        assert.ok(!asked.connection.received.includes(line))
      }),
  }),
)

const EXTENSIONS = [';a', ';a=b', ';a="b"', ';a="x\\"y"', ';a=b;c=d', ';a="b; c"', ';a=""', ';x=chunked']

const extensions = EXTENSIONS.map(
  (extension): Case => ({
    rule: 16,
    level: 'must',
    name: `ignores the chunk extension ${extension}`,
    async run(wire) {
      const client = await wire.connect()
      client.send(post(wire, `5${extension}\r\nhello\r\n0${extension}\r\n\r\n`))
      assert.equal((await client.answer()).status, 200)
      const asked = await wire.upstream.request()
      assert.equal(asked.body, 'hello')
      await alive(wire)
    },
  }),
)

const ODD_EXTENSIONS = [';a\rb', ';a\nb', ';\n', '\n', ';a=b\n', ';\0', ';a="\r"', ';a="\n', ';a\r\rb', ';a\n0\r\n\r\n']

const oddExtensions = ODD_EXTENSIONS.map(
  (extension): Case => ({
    rule: 16,
    level: 'must',
    name: `refuses a chunk size with ${shown(extension)} behind it, or forwards none of that`,
    run: (wire) =>
      refusesOr(wire, post(wire, `5${extension}\r\nhello\r\n0\r\n\r\n`), (asked) => {
        assert.equal(asked.message.extensions, '')
        assert.match(asked.body, /^(hello|\r\nhel|\r\nhello)$/)
      }),
  }),
)

const bounded: Case = {
  rule: 16,
  level: 'should',
  name: 'refuses a chunk extension of a megabyte',
  async run(wire) {
    const client = await wire.connect()
    client.send(post(wire, `5;${'x'.repeat(2 ** 20)}\r\nhello\r\n0\r\n\r\n`))
    assert.ok([400, 413, 431].includes((await client.answer()).status))
    await client.closed()
    assert.ok(!wire.upstream.received.includes('xxx'))
    await alive(wire)
  },
}

export const cases: readonly Case[] = [
  ...[...sizes, ...padded, ...zeros, ...laterSizes, ...proper, ...unended, ...trailers],
  ...[...extensions, ...oddExtensions, bounded],
]
