import { describe, expect, it } from 'vitest'
import { bytes, type Parsed, parsed, splits } from './parsed.ts'

type Case = [law: string, input: string, expected: Partial<Parsed>, options?: { toHead?: boolean; fin?: boolean }]

const OK = 'HTTP/1.1 200 OK\r\n'
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`
const protocol = { outcome: 'protocol' } as const

/** However the bytes arrive, the answer is the same. */
function check(cases: readonly Case[]): void {
  it.each(cases)('%s', (_law, input, expected, options) => {
    for (const pieces of splits(bytes(input))) expect(parsed(pieces, options)).toMatchObject(expected)
  })
}

describe('the response parser reads', () => {
  check([
    ['a body of known length', `${OK}Content-Length: 5\r\n\r\nhello`, { status: 200, body: 'hello', reusable: true }],
    ['an empty body', `${OK}content-length: 0\r\n\r\n`, { body: '', outcome: 'end', reusable: true }],
    ['a status without reason', 'HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n', { status: 404, statusText: '' }],
    [
      'a status line without the last space',
      'HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n',
      { status: 404, statusText: '' },
    ],
    ['a reason in latin1', 'HTTP/1.1 299 D\xe9j\xe0 vu\r\nContent-Length: 0\r\n\r\n', { statusText: 'D\xe9j\xe0 vu' }],
    ['a status of 999', 'HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n', { status: 999, outcome: 'end' }],
    [
      'fields in order, with case, repetitions, obs-text and inner blanks',
      `${OK}Set-Cookie: a=1\r\nx-a:  b\t c \t\r\nset-cookie: \xff\r\nEmpty:\r\nContent-Length: 0\r\n\r\n`,
      { headers: ['Set-Cookie', 'a=1', 'x-a', 'b\t c', 'set-cookie', '\xff', 'Empty', '', 'Content-Length', '0'] },
    ],
    ['chunks', `${CHUNKED}3\r\nabc\r\n00A;x="y"\r\n0123456789\r\n0\r\n\r\n`, { body: 'abc0123456789', reusable: true }],
    [
      'trailers, without those that must not be trailers',
      `${CHUNKED}0\r\nGrpc-Status: 0\r\nContent-Length: 9\r\nSet-Cookie: a\r\nAuthorization: b\r\nHost: c\r\nx:\r\n\r\n`,
      { outcome: 'end', trailers: ['Grpc-Status', '0', 'x', ''], reusable: true },
    ],
    [
      'a body up to the end of the connection',
      `${OK}\r\nall\r\nof it`,
      { body: 'all\r\nof it', outcome: 'end', reusable: false },
      { fin: true },
    ],
    [
      'HTTP/1.0 as not persistent',
      'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx',
      { body: 'x', outcome: 'end', reusable: false },
    ],
    [
      'HTTP/1.0 with keep-alive',
      'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx',
      { body: 'x', reusable: true },
    ],
    [
      'connection: close in a list',
      `${OK}Connection: x-a, CLOSE\r\nContent-Length: 0\r\n\r\n`,
      { outcome: 'end', reusable: false },
    ],
    [
      'close, when keep-alive is said too',
      `${OK}Connection: close\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n`,
      { reusable: false },
    ],
    [
      'a repeated Content-Length as one',
      `${OK}Content-Length: 2\r\nA: b\r\ncontent-length: 2\r\n\r\nab`,
      { body: 'ab', headers: ['Content-Length', '2', 'A', 'b'] },
    ],
    [
      'Transfer-Encoding before Content-Length, and closes',
      `${OK}Content-Length: 3\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`,
      { body: 'a', headers: ['Transfer-Encoding', 'Chunked'], outcome: 'end', reusable: false },
    ],
    [
      'no body to HEAD',
      `${OK}Content-Length: 500\r\n\r\n`,
      { outcome: 'end', headers: ['Content-Length', '500'], reusable: true },
      { toHead: true },
    ],
    ['no chunks to HEAD', CHUNKED, { outcome: 'end', reusable: true }, { toHead: true }],
    ['no body with 204', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', { outcome: 'end', reusable: true }],
    [
      'no body with 304',
      'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n',
      { outcome: 'end', reusable: true },
    ],
    [
      'the final response behind interim ones',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}Content-Length: 1\r\n\r\nx`,
      { status: 200, headers: ['Content-Length', '1'], body: 'x', reusable: true },
    ],
    [
      'nothing beyond the body',
      `${OK}Content-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n`,
      { body: 'x', outcome: 'end', reusable: false },
    ],
    ['nothing behind a 204', 'HTTP/1.1 204 No Content\r\n\r\nboo', { body: '', outcome: 'end', reusable: false }],
  ])
})

describe('the response parser finds cut short', () => {
  const reset = { outcome: 'reset' } as const
  check([
    ['a head', `${OK}Content-Le`, { ...reset, status: 0 }, { fin: true }],
    ['a body of known length', `${OK}Content-Length: 5\r\n\r\nhell`, { ...reset, body: 'hell' }, { fin: true }],
    ['chunk data', `${CHUNKED}5\r\nhell`, { ...reset, body: 'hell' }, { fin: true }],
    ['a chunked body without last chunk', `${CHUNKED}5\r\nhello\r\n`, { ...reset, body: 'hello' }, { fin: true }],
    ['a chunked body without final line', `${CHUNKED}5\r\nhello\r\n0\r\n`, { ...reset, body: 'hello' }, { fin: true }],
    ['a trailer section', `${CHUNKED}0\r\nx: y`, reset, { fin: true }],
    ['an interim response without a final one', 'HTTP/1.1 100 Continue\r\n\r\n', reset, { fin: true }],
  ])
})

describe('the response parser refuses', () => {
  const field = (line: string) => `${OK}${line}\r\nContent-Length: 0\r\n\r\n`
  const chunk = (text: string) => `${CHUNKED}${text}\r\n0\r\n\r\n`
  check([
    ['what is not HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', protocol, { fin: true }],
    ['HTTP/2.0', 'HTTP/2.0 200 OK\r\n\r\n', protocol, { fin: true }],
    ['HTTP/1.2', 'HTTP/1.2 200 OK\r\n\r\n', protocol, { fin: true }],
    ['lower-case http', 'http/1.1 200 OK\r\n\r\n', protocol, { fin: true }],
    ['an empty line first', `\r\n${OK}\r\n`, protocol, { fin: true }],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', protocol, { fin: true }],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n', protocol, { fin: true }],
    ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n', protocol, { fin: true }],
    ['two spaces before the status', 'HTTP/1.1  200 OK\r\n\r\n', protocol, { fin: true }],
    ['a control character in the reason', 'HTTP/1.1 200 O\x01K\r\n\r\n', protocol, { fin: true }],
    ['a bare LF behind the status line', 'HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n', protocol],
    ['a bare LF behind a field', field('a: b\nc: d'), protocol],
    ['a bare LF as the empty line', `${OK}Content-Length: 0\r\n\n`, protocol],
    ['bare LFs throughout', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n', protocol],
    ['a bare CR in a value', field('a: b\rc'), protocol],
    ['a bare CR as line end', field('a: b\rc: d'), protocol],
    ['NUL in a value', field('a: b\0c'), protocol],
    ['DEL in a value', field('a: b\x7fc'), protocol],
    ['a space before the colon', field('a : b'), protocol],
    ['folding', field('a: b\r\n c'), protocol],
    ['a fold in the first field line', `${OK} a: b\r\n\r\n`, protocol],
    ['an empty name', field(': b'), protocol],
    ['a name that is not a token', field('a(b: c'), protocol],
    ['a name beyond ASCII', field('\xe9: c'), protocol],
    ['a line without colon', field('abc'), protocol],
    ['two different lengths', field('Content-Length: 1'), protocol],
    ...['+5', '-5', '0x5', '5.0', '5e0', '"5"', '', '5 5', '5, 5', '5abc', '9007199254740993', '9'.repeat(40)].map(
      (value): Case => [`a length of ${JSON.stringify(value)}`, `${OK}Content-Length: ${value}\r\n\r\nhello`, protocol],
    ),
    ...['gzip', 'gzip, chunked', 'chunked, chunked', 'chunked, gzip', ',chunked', 'xchunked', '', 'identity'].map(
      (value): Case => [
        `an encoding of ${JSON.stringify(value)}`,
        `${OK}Transfer-Encoding: ${value}\r\n\r\n`,
        protocol,
      ],
    ),
    ['two encodings', `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`, protocol],
    ['an encoding in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', protocol],
    ['101', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n', protocol],
    ['17 interim responses', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(17), protocol],
    ...['+1\r\na', '0x1\r\na', ' 1\r\na', '1 \r\na', '-1\r\na', 'g\r\na', '\r\na', ';x\r\na', '1\na'].map(
      (text): Case => [`a chunk of ${JSON.stringify(text)}`, chunk(text), { ...protocol, body: '' }],
    ),
    ['a chunk size beyond 2^53', chunk('20000000000000\r\na'), { ...protocol, body: '' }],
    ['a chunk size of 17 digits', chunk(`${'0'.repeat(16)}1\r\na`), { ...protocol, body: '' }],
    ['a chunk longer than its size', chunk('1\r\nab'), { ...protocol, body: 'a' }],
    ['chunk data without CR', `${CHUNKED}1\r\na\n0\r\n\r\n`, { ...protocol, body: 'a' }],
    ['chunk data without LF', `${CHUNKED}1\r\na\r0\r\n\r\n`, { ...protocol, body: 'a' }],
    ['a control character in an extension', chunk('1;a\x00b\r\na'), { ...protocol, body: '' }],
    ['a bare LF in an extension', chunk('1;a\nb\r\na'), { ...protocol, body: '' }],
    ['a bare CR in an extension', chunk('1;a\rb\r\na'), { ...protocol, body: '' }],
    ['a malformed trailer', `${CHUNKED}0\r\na b: c\r\n\r\n`, protocol],
    ['a folded trailer', `${CHUNKED}0\r\na: b\r\n c\r\n\r\n`, protocol],
  ])
})
