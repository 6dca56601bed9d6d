import assert from 'node:assert/strict'
import { answered, assertBadGateway, assertBadGatewayOr, assertInStep } from '../rig/answers.ts'
import { shown } from '../rig/hostile.ts'
import { chunked, response } from '../rig/say.ts'
import type { Case } from '../rig/wire.ts'

const BOTH: Readonly<Record<string, readonly string[]>> = {
  'Content-Length before Transfer-Encoding': ['Content-Length: 3', 'Transfer-Encoding: chunked'],
  'Transfer-Encoding before Content-Length': ['Transfer-Encoding: chunked', 'Content-Length: 3'],
  'a length that is right and Transfer-Encoding': ['Content-Length: 5', 'Transfer-Encoding: chunked'],
  'Content-Length: 0 and Transfer-Encoding': ['Content-Length: 0', 'Transfer-Encoding: chunked'],
  'a long length and Transfer-Encoding': ['Content-Length: 500', 'Transfer-Encoding: chunked'],
  'lower-case names and Transfer-Encoding: Chunked': ['content-length: 3', 'transfer-encoding: Chunked'],
}

const both = Object.entries(BOTH).map(
  ([what, fields]): Case => ({
    rule: 27,
    level: 'must',
    // The client takes no answer with both.
    name: `goes by the coding of an answer with ${what}, or answers 502`,
    run: (wire) =>
      assertBadGatewayOr(wire, response('200 OK', fields, chunked('hello')), ({ status, body }) =>
        assert.deepEqual([status, body], [200, 'hello']),
      ),
  }),
)

const LENGTHS: readonly (readonly string[])[] = [
  ['5', '6'],
  ['6', '5'],
  ['5', '5', '6'],
  ['5, 6'],
  ['5,6'],
  ['5', ''],
  ['5', 'x'],
  ...['+5', '-5', '0x5', '5.0', '5e0', '', 'x', '5x', '5 5', '5;', '"5"', '5,', ',5', '5_0'].map((length) => [length]),
  ...['9223372036854775808', '18446744073709551621', '9'.repeat(40)].map((length) => [length]),
]

const lengths = LENGTHS.map(
  (values): Case => ({
    rule: 28,
    level: 'must',
    name: `answers 502 for Content-Length ${values.map((value) => shown(value.slice(0, 30))).join(' and ')}, and lets go of that connection`,
    run: (wire) => {
      const fields = values.map((value) => `Content-Length: ${value}`)
      return assertBadGateway(wire, response('200 OK', fields, 'hello!'))
    },
  }),
)

const same = [['5', '5'], ['5, 5'], ['5,5'], ['05']].map(
  (values): Case => ({
    rule: 28,
    level: 'must',
    name: `answers 502 for Content-Length ${values.join(' and ')}, or says it once`,
    run: (wire) => {
      const fields = values.map((value) => `Content-Length: ${value}`)
      return assertBadGatewayOr(wire, response('200 OK', fields, 'hello'), ({ body }) => assert.equal(body, 'hello'))
    },
  }),
)

const CODINGS = [
  ['gzip'],
  ['identity'],
  ['xchunked'],
  ['chunked, gzip'],
  ['gzip, chunked'],
  ['chunked', 'chunked'],
  ['"chunked"'],
]

const codings = CODINGS.map(
  (values): Case => ({
    rule: 28,
    level: 'must',
    // RFC 9112 6.3: what does not end with `chunked` ends with the connection. The client takes no coding but `chunked`.
    name: `answers 502 for Transfer-Encoding ${values.join(' and ')}, or re-frames the answer`,
    async run(wire) {
      const fields = values.map((value) => `Transfer-Encoding: ${value}`)
      const [answer, client] = await answered(wire, (asked) => {
        asked.write(response('200 OK', fields, chunked('hello'))).end()
      })
      if (answer.status !== 502) assert.ok(answer.ending === 'cut' || ['hello', chunked('hello')].includes(answer.body))
      await assertInStep(wire, client)
    },
  }),
)

export const cases: readonly Case[] = [...both, ...lengths, ...same, ...codings]
