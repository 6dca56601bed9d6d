import assert from 'node:assert/strict'
import { taken } from '../../../support/taken.ts'
import { answered, assertBroken, assertInStep } from '../rig/answers.ts'
import { shown } from '../rig/hostile.ts'
import { perhaps } from '../rig/perhaps.ts'
import { ok, request, response } from '../rig/say.ts'
import type { UpstreamRequest } from '../rig/upstream.ts'
import type { Case } from '../rig/wire.ts'

const CHUNKED = response('200 OK', ['Transfer-Encoding: chunked'])

const CHUNKS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['x', '+5', '-5', '0x5', '', '5x', '5.0', "'5'", '\0', '5\0', '10000000000000005', 'f'.repeat(20)].map((size) => [
      `the chunk size ${shown(size)}`,
      `${size}\r\nhello\r\n0\r\n\r\n`,
    ]),
  ),
  'a second chunk size that is none': '5\r\nhello\r\nworld\r\n0\r\n\r\n',
  'a chunk that nothing ends': '5\r\nhello0\r\n\r\n',
  'a chunk that XX ends': '5\r\nhelloXX0\r\n\r\n',
  'a chunk that is longer than it says': '5\r\nhello world\r\n0\r\n\r\n',
  'a chunk that is shorter than it says': '7\r\nhello\r\nX\r\n0\r\n\r\n',
  'a chunk that CR ends': '5\r\nhello\r0\r\n\r\n',
  'a chunk that an empty line ends': '5\r\nhello\r\n\r\n0\r\n\r\n',
}

const chunks = Object.entries(CHUNKS).map(
  ([what, body]): Case => ({
    rule: 29,
    level: 'must',
    name: `breaks an answer off for ${what}, or answers 502`,
    run: (wire) => assertBroken(wire, CHUNKED + body),
  }),
)

const PARTS: Readonly<Record<string, string>> = {
  'before the body of told length': response('200 OK', ['Content-Length: 10']),
  'in a body of told length': response('200 OK', ['Content-Length: 10'], 'hello'),
  'a byte before the told length': response('200 OK', ['Content-Length: 10'], '123456789'),
  'before the first chunk': CHUNKED,
  'in a chunk size': `${CHUNKED}5`,
  'in a chunk': `${CHUNKED}5\r\nhel`,
  'behind a chunk': `${CHUNKED}5\r\nhello\r\n`,
  'in the last chunk': `${CHUNKED}5\r\nhello\r\n0`,
  'behind the last chunk': `${CHUNKED}5\r\nhello\r\n0\r\n`,
  'in a trailer': `${CHUNKED}5\r\nhello\r\n0\r\nX: y`,
}

const HOW: Readonly<Record<string, (asked: UpstreamRequest) => unknown>> = {
  closes: (asked) => asked.end(),
  // It would overtake the bytes before it.
  resets: (asked) => taken(asked.connection.socket).then(() => asked.reset()),
}

const parts = Object.entries(PARTS).flatMap(([where, bytes]) =>
  Object.entries(HOW).map(
    ([how, breaks]): Case => ({
      rule: 30,
      level: 'must',
      name: `breaks an answer off when the upstream ${how} ${where}, or answers 502`,
      run: (wire) => assertBroken(wire, (asked) => breaks(asked.write(bytes))),
    }),
  ),
)

const unclosed: readonly Case[] = [
  {
    rule: 30,
    level: 'must',
    name: 'breaks an answer off when the upstream resets in a body that would end with the connection',
    run: (wire) => assertBroken(wire, (asked) => HOW.resets!(asked.write(response('200 OK', [], 'hello')))),
  },
  ...['in a body of told length', 'behind a chunk'].map(
    (where): Case => ({
      rule: 30,
      level: 'must',
      name: `breaks an answer off for a client of HTTP/1.0 when the upstream closes ${where}`,
      async run(wire) {
        wire.upstream.respond((asked) => asked.write(PARTS[where]!).end())
        const client = await wire.connect()
        client.send(`GET ${wire.path('/x')} HTTP/1.0\r\nHost: a\r\n\r\n`)
        const answer = await client.answerOrEnd()
        assert.equal(wire.upstream.requests[0]?.complete, true)
        if (answer && answer.status !== 502) assert.equal(answer.ending, 'cut')
      },
    }),
  ),
]

const EVIL = ok('evil')

const BEYOND: Readonly<Record<string, readonly [first: string, body: string]>> = {
  'a body of told length': [ok('hello'), 'hello'],
  'an empty body': [ok(), ''],
  'the last chunk': [`${CHUNKED}5\r\nhello\r\n0\r\n\r\n`, 'hello'],
  'a 204': [response('204 No Content'), ''],
  'a 304': [response('304 Not Modified'), ''],
}

const beyond = Object.entries(BEYOND).flatMap(([what, [first, body]]) =>
  (['an answer', 'other bytes'] as const).map(
    (which): Case => ({
      rule: 31,
      level: 'must',
      name: `gives nobody ${which} that an instance writes behind ${what}, and asks no more on that connection`,
      async run(wire) {
        const [answer, client] = await answered(wire, first + (which === 'an answer' ? EVIL : 'evil'))
        assert.equal(answer.body, body)
        await assertInStep(wire, client)
        assert.equal(wire.upstream.connections[0]!.requests.length, 1)
      },
    }),
  ),
)

const IDLE: Readonly<Record<string, string>> = {
  'an answer': EVIL,
  'a 408': response('408 Request Timeout', ['Content-Length: 0', 'Connection: close']),
  'an interim answer': response('103 Early Hints', ['Link: </evil>']),
  'other bytes': 'evil',
}

const idle = Object.entries(IDLE).map(
  ([what, bytes]): Case => ({
    rule: 31,
    level: 'must',
    name: `gives nobody ${what} that an instance writes to an idle connection`,
    async run(wire) {
      const [answer, client] = await answered(wire, ok('first'))
      assert.equal(answer.body, 'first')
      const [connection] = wire.upstream.connections
      connection!.write(bytes)
      // One that looks too late may still have to repeat the request.
      await perhaps('the gateway closes', () => connection!.ended, 1000)
      await assertInStep(wire, client)
    },
  }),
)

const early: Case = {
  rule: 31,
  level: 'must',
  name: 'gives nobody an answer that an instance writes before it is asked (or only to who opened the connection)',
  async run(wire) {
    wire.upstream.onConnection = (connection) => connection.write(EVIL)
    wire.upstream.respond(ok('good'))
    const client = await wire.connect()
    client.send(request(`GET ${wire.path('/x')} HTTP/1.1`))
    const { status, body } = await client.answer()
    assert.ok(status === 502 || ['good', 'evil'].includes(body))
    wire.upstream.onConnection = undefined
    wire.upstream.respond(ok('next'))
    await assertInStep(wire, client)
  },
}

export const cases: readonly Case[] = [...chunks, ...parts, ...unclosed, ...beyond, ...idle, early]
