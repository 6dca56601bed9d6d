import assert from 'node:assert/strict'
import { answered, assertBadGateway, assertBadGatewayOr, assertInStep } from '../rig/answers.ts'
import { shown } from '../rig/hostile.ts'
import { ok, request, response } from '../rig/say.ts'
import type { Case } from '../rig/wire.ts'

/** A line of a head, and what may be left of the field X. The client takes no field that is none. */
const LINES: Readonly<Record<string, readonly [line: string, left?: RegExp]>> = {
  'NUL in a value': ['X: a\0b', /^a b$|^ab$/],
  'NUL at the end of a value': ['X: a\0', /^a$/],
  'CR in a value': ['X: a\rb', /^a b$|^ab$/],
  'CR and a field in a value': ['X: a\rSet-Cookie: evil=1', /^a ?Set-Cookie: evil=1$/],
  'a fold': ['X: a\r\n b', /^a +b$/],
  'a fold with a tab': ['X: a\r\n\tb', /^a[ \t]+b$/],
  'a fold into a Set-Cookie': ['X: a\r\nSet-Cookie: a=1\r\n ; b=2', /^a$/],
  'a blank before the colon': ['X : a', /^a$/],
  'a tab before the colon': ['X\t: a', /^a$/],
  'a blank in a name': ['X Y: a'],
  'NUL in a name': ['X\0: a'],
  'CR in a name': ['X\r: a', /^a$/],
  'a colon in a name': [': a'],
  'brackets in a name': ['X[]: a'],
  'bytes above 127 in a name': ['X\xff: a'],
  'no colon': ['nonsense'],
  'a second status line': ['HTTP/1.1 200 OK'],
  'CR CR LF': ['X: a\r', /^a$/],
}

const lines = Object.entries(LINES).map(
  ([what, [line, left]]): Case => ({
    rule: 36,
    level: 'must',
    name: `answers 502 for a field with ${what}, or cleans it`,
    run: (wire) =>
      assertBadGatewayOr(wire, response('200 OK', ['Y: z', line, 'Content-Length: 5'], 'hello'), (answer) => {
        assert.deepEqual([answer.status, answer.body], [200, 'hello'])
        const x = answer.field('x')
        if (x !== undefined) assert.match(x, left ?? /^(?!)/)
        assert.ok(!answer.field('set-cookie')?.includes('evil'))
      }),
  }),
)

const firstLines = [' X: a', '\tX: a', ' ', ' Content-Length: 500'].map(
  (line): Case => ({
    rule: 36,
    level: 'must',
    name: `answers 502 for ${shown(line)} before the first field, or drops the line`,
    run: (wire) =>
      assertBadGatewayOr(wire, response('200 OK', [line, 'Content-Length: 5'], 'hello'), (answer) =>
        assert.deepEqual([answer.status, answer.body], [200, 'hello']),
      ),
  }),
)

const feeds = ['HTTP/1.1 200 OK\nContent-Length: 5\n\nhello', 'HTTP/1.1 200 OK\r\nContent-Length: 5\n\r\nhello'].map(
  (bytes): Case => ({
    rule: 36,
    level: 'must',
    name: `answers 502 for LF without CR (${shown(bytes.slice(0, 20))}), or writes CRLF`,
    run: (wire) => assertBadGatewayOr(wire, bytes, ({ body }) => assert.equal(body, 'hello')),
  }),
)

const STATUS_LINES = ['HTTP/1.1 200 O\rK', 'HTTP/1.1 200 O\0K', 'HTTP/1.1 200 OK\rX: y', 'HTTP/1.1 200\0OK']

const statusLines = STATUS_LINES.map(
  (line): Case => ({
    rule: 36,
    level: 'must',
    name: `answers 502 for the status line ${shown(line)}, or cleans it`,
    run: (wire) =>
      assertBadGatewayOr(wire, `${line}\r\nContent-Length: 5\r\n\r\nhello`, ({ status, message }) => {
        assert.equal(status, 200)
        assert.equal(message.field('x'), undefined)
      }),
  }),
)

const TRAILERS = ['X : a', 'X: a\0b', 'X: a\rb', 'X: a\r\n b', 'X Y: a', 'X\xff: a', 'nonsense']

const trailers = TRAILERS.map(
  (line): Case => ({
    rule: 36,
    level: 'must',
    name: `breaks an answer off for the trailer ${shown(line)}, drops it, or cleans it`,
    async run(wire) {
      const bytes = `5\r\nhello\r\n0\r\n${line}\r\n\r\n`
      wire.upstream.respond(response('200 OK', ['Transfer-Encoding: chunked', 'Trailer: X'], bytes), ok('next'))
      const client = await wire.connect()
      client.send(request(`GET ${wire.path('/x')} HTTP/1.1`, 'TE: trailers'))
      // The client takes no trailer that is none.
      const answer = await client.answerOrEnd()
      if (answer && answer.status !== 502) assert.equal(answer.body, 'hello')
      await assertInStep(wire, client)
    },
  }),
)

const REASONS = ['HTTP/1.1 200', 'HTTP/1.1 200 ', 'HTTP/1.1 200 Quite fine, thank you', 'HTTP/1.1 200 \xe9t\xe9']

const reasons = REASONS.map(
  (line): Case => ({
    rule: 37,
    level: 'must',
    name: `takes the status line ${shown(line)} for one`,
    async run(wire) {
      const [answer] = await answered(wire, `${line}\r\nContent-Length: 5\r\n\r\nhello`)
      assert.deepEqual([answer.status, answer.body], [200, 'hello'])
    },
  }),
)

const GARBAGE: Readonly<Record<string, string>> = {
  garbage: 'garbage\r\n\r\n',
  'garbage without an end': 'garbage',
  'a body without a head': 'hello, world\n',
  NULs: '\0\0\0\0\0\0\0\0\0\0\0\0',
  'a TLS alert': '\x15\x03\x01\x00\x02\x02\x28',
  'a greeting of SSH': 'SSH-2.0-OpenSSH_9.2\r\n',
  'a greeting of SMTP': '220 mail ready\r\n',
  'a frame of HTTP/2': '\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80\0\x04\0\x01\0\0\0\x05\0\xff\xff\xff',
  'a request': 'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'HTTP/2.0': 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n',
  'HTTP/0.9': 'HTTP/0.9 200 OK\r\nContent-Length: 0\r\n\r\n',
  'a version of two digits': 'HTTP/1.10 200 OK\r\nContent-Length: 0\r\n\r\n',
  'another protocol': 'ICY 200 OK\r\nContent-Length: 0\r\n\r\n',
  'no status': 'HTTP/1.1\r\nContent-Length: 0\r\n\r\n',
  'a status of two digits': 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n',
  'a status of four digits': 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n',
  'a status of letters': 'HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n',
  'a status with a letter': 'HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n',
  'the status 000': 'HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n',
  'the status -200': 'HTTP/1.1 -200 OK\r\nContent-Length: 0\r\n\r\n',
  nothing: '',
  'the first byte of a head': 'H',
  'half a status line': 'HTTP/1.1 20',
  'half a head': 'HTTP/1.1 200 OK\r\nContent-Le',
  'a head without its end': 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n',
}

const garbage = Object.entries(GARBAGE).map(
  ([what, bytes]): Case => ({
    rule: 37,
    level: 'must',
    name: `answers 502 for ${what} in place of an answer`,
    run: (wire) => assertBadGateway(wire, (asked) => asked.write(bytes).end()),
  }),
)

const reset: Case = {
  rule: 37,
  level: 'must',
  name: 'answers 502 for a reset in place of an answer',
  run: (wire) => assertBadGateway(wire, (asked) => asked.reset()),
}

const SWITCHES: Readonly<Record<string, readonly string[]>> = {
  'a 101': [],
  'a 101 that names a protocol': ['Connection: Upgrade', 'Upgrade: websocket'],
  'a 101 with a length': ['Connection: Upgrade', 'Upgrade: websocket', 'Content-Length: 0'],
}

const switches = Object.entries(SWITCHES).map(
  ([what, fields]): Case => ({
    rule: 38,
    level: 'must',
    name: `answers 502 for ${what} that nobody asked for, and opens no tunnel`,
    async run(wire) {
      const [answer, client] = await answered(wire, (asked) => {
        asked.connection.tunnel()
        asked.write(response('101 Switching Protocols', fields, ok('evil')))
      })
      assert.equal(answer.status, 502)
      await assertInStep(wire, client)
      assert.equal(wire.upstream.connections[0]!.tunnelled, '')
    },
  }),
)

const posted: Case = {
  rule: 38,
  level: 'must',
  name: 'opens no tunnel for a 101 to a POST',
  async run(wire) {
    wire.upstream.respond((asked) =>
      asked.write(response('101 Switching Protocols', ['Connection: Upgrade', 'Upgrade: x'])),
    )
    const client = await wire.connect()
    client.send(`${request(`POST ${wire.path('/x')} HTTP/1.1`, 'Content-Length: 5')}hello`)
    assert.equal((await client.answer()).status, 502)
    for (const connection of wire.upstream.connections) await connection.closed()
  },
}

export const cases: readonly Case[] = [
  ...[...lines, ...firstLines, ...feeds, ...statusLines, ...trailers, ...reasons, ...garbage, reset],
  ...[...switches, posted],
]
