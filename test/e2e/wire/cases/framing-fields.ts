import assert from 'node:assert/strict'
import { refuses, refusesOr, shown } from '../rig/hostile.ts'
import { chunked, request } from '../rig/say.ts'
import type { Case, Wire } from '../rig/wire.ts'

const get = ({ path }: Wire, ...lines: readonly string[]) => request(`GET ${path('/x')} HTTP/1.1`, ...lines)
const post = ({ path }: Wire, body: string, ...lines: readonly string[]) =>
  request(`POST ${path('/x')} HTTP/1.1`, ...lines) + body

const BLANKS: Readonly<Record<string, (wire: Wire) => string>> = {
  'a blank': (wire) => get(wire, 'X : y'),
  'a tab': (wire) => get(wire, 'X\t: y'),
  'a blank after Host': (wire) => get(wire, 'Host : other.test'),
  'a blank after the only Host': ({ path }) => `GET ${path('/x')} HTTP/1.1\r\nHost : gateway.test\r\n\r\n`,
  'a blank after Content-Length': (wire) => post(wire, 'hello', 'Content-Length : 5'),
  'a blank after Transfer-Encoding': (wire) => post(wire, chunked('hello'), 'Transfer-Encoding : chunked'),
  'a tab after Transfer-Encoding, beside a length,': (wire) =>
    post(wire, '0\r\n\r\n', 'Content-Length: 5', 'Transfer-Encoding\t: chunked'),
  'a blank after Transfer-Encoding, beside a length,': (wire) =>
    post(wire, '0\r\n\r\n', 'Content-Length: 5', 'Transfer-Encoding : chunked'),
  'a vertical tab after Content-Length': (wire) => post(wire, 'hello', 'Content-Length\x0b: 5'),
}

const blanks = Object.entries(BLANKS).map(
  ([what, bytes]): Case => ({
    rule: 8,
    level: 'must',
    name: `refuses ${what} before the colon`,
    run: (wire) => refuses(wire, bytes(wire)),
  }),
)

const FOLDS: Readonly<Record<string, readonly [lines: readonly string[], body?: string]>> = {
  'a value': [['X: a', ' b', 'Y: z']],
  'a value with a tab': [['X: a', '\tb', 'Y: z']],
  'the last value': [['X: a', ' b']],
  'a line of blanks': [['X: a', '  ', 'Y: z']],
  'an empty value': [['X:', ' b', 'Y: z']],
  'a length': [['Content-Length:', ' 5'], 'hello'],
  'a second length': [['Content-Length: 5', ' 5'], 'hello'],
  'a coding': [['Transfer-Encoding:', ' chunked'], chunked('hello')],
  'a coding beside a length': [['Content-Length: 5', 'Transfer-Encoding:', '\tchunked'], '0\r\n\r\n'],
  'a coding into the field before it': [['Content-Length: 5', 'X: y', ' Transfer-Encoding: chunked'], 'hello'],
}

const folds = Object.entries(FOLDS).map(
  ([what, [lines, body = '']]): Case => ({
    rule: 9,
    level: 'must',
    name: `refuses a fold in ${what}, or makes it a blank`,
    // That no line begins with a blank, and that framing is plain, is looked at by the upstream.
    run: (wire) =>
      refusesOr(wire, post(wire, body, ...lines), (asked) => {
        // Beside a length the coding wins.
        assert.equal(asked.body, what === 'a coding beside a length' || body === '' ? '' : 'hello')
        const x = asked.field('x')
        if (x !== undefined) assert.match(x, /^[aby]?[ \t]*(b|Transfer-Encoding: chunked)?$/)
      }),
  }),
)

const FIRST: Readonly<Record<string, readonly [line: string, body?: string]>> = {
  'a field': [' X: y'],
  'a field after a tab': ['\tX: y'],
  'another Host': [' Host: other.test'],
  'a length': [' Content-Length: 5', 'hello'],
  'a coding': [' Transfer-Encoding: chunked', chunked('hello')],
  'no field': [' x'],
  'nothing but blanks': ['   '],
}

const first = Object.entries(FIRST).map(
  ([what, [line, body = '']]): Case => ({
    rule: 10,
    level: 'must',
    name: `refuses blanks before the first field line (${what}), or drops the line`,
    run: (wire) =>
      refusesOr(
        wire,
        `${body ? 'POST' : 'GET'} ${wire.path('/x')} HTTP/1.1\r\n${line}\r\nHost: gateway.test\r\n\r\n${body}`,
        (asked) => {
          assert.equal(asked.field('x'), undefined)
          assert.notEqual(asked.field('host'), 'other.test')
          assert.equal(body, '', 'a body whose framing is dropped')
        },
      ),
  }),
)

/** NUL, CR and LF are what RFC 9110 5.5 names; of the other controls a recipient may keep some. */
const CONTROLS: Readonly<Record<string, string>> = {
  NUL: 'a\0b',
  'NUL at the start': '\0a',
  'NUL at the end': 'a\0',
  'nothing but NUL': '\0',
  CR: 'a\rb',
  'CR at the end': 'a\r',
  'CR and a field': 'a\rTransfer-Encoding: chunked',
  'LF and no field': 'a\nb',
}

const controls = Object.entries(CONTROLS).map(
  ([what, value]): Case => ({
    rule: 12,
    level: 'must',
    name: `refuses ${what} in a value, or makes it a blank`,
    run: (wire) =>
      refusesOr(wire, get(wire, `X: ${value}`), (asked) => {
        assert.doesNotMatch(asked.message.rawHead.replaceAll('\r\n', ''), /[\0\r\n]/)
        assert.equal(asked.field('transfer-encoding'), undefined)
      }),
  }),
)

const NO_TOKENS = [
  ...[
    'X Y',
    'X(Y',
    'X)',
    'X@Y',
    'X/Y',
    'X[Y',
    'X]',
    'X"Y',
    'X,Y',
    'X;Y',
    'X=Y',
    'X?Y',
    'X<Y',
    'X>Y',
    'X\\Y',
    'X{Y',
    '}',
  ],
  ...['X\0Y', '\0', 'X\x01', 'X\x7f', 'X\x80', '\xa0X', 'X\xffY', '', 'X\tY', 'X\rY', 'Content-Length\0'],
]

const noTokens = NO_TOKENS.map(
  (name): Case => ({
    rule: 13,
    level: 'must',
    name: `refuses a field named ${shown(name)}, or drops it`,
    // That no other name came of it is looked at by the upstream: it takes tokens only.
    run: (wire) =>
      refusesOr(wire, get(wire, `${name}: 5`), (asked) => assert.ok(!asked.message.rawHead.includes(': 5\r'))),
  }),
)

const noColon = ['X', 'X y', 'Content-Length 5', 'Transfer-Encoding=chunked', 'GET / HTTP/1.1', 'XX;y'].map(
  (line): Case => ({
    rule: 13,
    level: 'must',
    name: `refuses the line ${line}, which has no colon, or drops it`,
    run: (wire) =>
      refusesOr(wire, get(wire, line), (asked) => assert.ok(!asked.message.rawHead.includes(`\n${line}\r`))),
  }),
)

export const cases: readonly Case[] = [...blanks, ...folds, ...first, ...controls, ...noTokens, ...noColon]
