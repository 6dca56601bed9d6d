import assert from 'node:assert/strict'
import { answered, assertInStep } from '../rig/answers.ts'
import { chunked, ok, response } from '../rig/say.ts'
import type { Case, Wire } from '../rig/wire.ts'

const old = (fields: readonly string[], body: string) =>
  response('200 OK', fields, body).replace('HTTP/1.1', 'HTTP/1.0')

const LARGE = 'hello '.repeat(100_000)

const WHOLE: Readonly<Record<string, readonly [bytes: string, body: string]>> = {
  'an answer that ends with the connection': [response('200 OK', ['Connection: close'], 'hello'), 'hello'],
  'an answer that does not say that it ends with the connection': [response('200 OK', [], 'hello'), 'hello'],
  'an empty answer that ends with the connection': [response('200 OK', [], ''), ''],
  'a large answer that ends with the connection': [response('200 OK', [], LARGE), LARGE],
  'what looks like chunks and ends with the connection': [response('200 OK', [], chunked('hello')), chunked('hello')],
  'what looks like an answer and ends with the connection': [response('200 OK', [], ok('hello')), ok('hello')],
  'an answer of HTTP/1.0': [old([], 'hello'), 'hello'],
  'an answer of HTTP/1.0 with a length': [old(['Content-Length: 5'], 'hello'), 'hello'],
  'an answer of HTTP/1.0 that speaks of keep-alive': [old(['Connection: keep-alive'], 'hello'), 'hello'],
  'an error that ends with the connection': [response('500 Oops', [], 'hello'), 'hello'],
}

const whole = Object.entries(WHOLE).map(
  ([what, [bytes, body]]): Case => ({
    rule: 34,
    level: 'must',
    name: `delivers ${what} whole`,
    async run(wire) {
      const [answer, client] = await answered(wire, (asked) => asked.write(bytes).end())
      assert.equal(answer.ending, 'clean')
      assert.equal(answer.body, body)
      await assertInStep(wire, client)
    },
  }),
)

const reframed: readonly Case[] = [
  {
    rule: 34,
    level: 'should',
    name: 'tells a client of HTTP/1.1 by chunks where an answer ends that ended with its connection',
    async run(wire) {
      const [answer] = await answered(wire, (asked) => asked.write(response('200 OK', [], 'hello')).end())
      assert.equal(answer.message.framing, 'chunked')
    },
  },
  {
    rule: 34,
    level: 'must',
    name: 'answers in its own version, whatever the instance speaks',
    async run(wire) {
      const [answer] = await answered(wire, old(['Content-Length: 5'], 'hello'))
      assert.equal(answer.version, '1.1')
      assert.equal(answer.body, 'hello')
    },
  },
  {
    rule: 34,
    level: 'must',
    name: 'waits for the end of an answer of HTTP/1.0 with a length, and not for that of its connection',
    async run(wire) {
      const [answer, client] = await answered(wire, old(['Content-Length: 5', 'Connection: keep-alive'], 'hello'))
      assert.equal(answer.body, 'hello')
      await assertInStep(wire, client)
    },
  },
  {
    rule: 34,
    level: 'must',
    name: 'decodes chunks of HTTP/1.0, which knows none, or answers 502',
    async run(wire) {
      const bytes = old(['Transfer-Encoding: chunked'], chunked('hello'))
      const [answer, client] = await answered(wire, (asked) => asked.write(bytes).end())
      if (answer.status !== 502) assert.ok(['hello', chunked('hello')].includes(answer.body))
      await assertInStep(wire, client)
    },
  },
]

const ANSWERS: Readonly<Record<string, string>> = {
  'of told length': ok('hello'),
  'in chunks': response('200 OK', ['Transfer-Encoding: chunked'], chunked('hel', 'lo')),
  'in chunks with trailers': response(
    '200 OK',
    ['Transfer-Encoding: chunked', 'Trailer: X-Sum'],
    '5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n',
  ),
  'that ends with the connection': response('200 OK', ['Connection: close'], 'hello'),
}

const answerToOld = async (wire: Wire, bytes: string, ...fields: readonly string[]) => {
  wire.upstream.respond((asked) => {
    asked.write(bytes)
    if (bytes.includes('close')) asked.end()
  })
  const client = await wire.connect()
  client.send(`${[`GET ${wire.path('/x')} HTTP/1.0`, 'Host: a', ...fields].join('\r\n')}\r\n\r\n`)
  return [await client.answer(), client] as const
}

const toOld = Object.entries(ANSWERS).flatMap(([what, bytes]): Case[] => [
  {
    rule: 35,
    level: 'must',
    name: `sends a client of HTTP/1.0 an answer ${what} without a coding, and closes`,
    async run(wire) {
      const [answer, client] = await answerToOld(wire, bytes)
      assert.equal(answer.body, 'hello')
      assert.equal(answer.ending, 'clean')
      assert.equal(answer.field('transfer-encoding'), undefined)
      await client.closed()
      assert.equal(client.unread, '')
    },
  },
  {
    rule: 35,
    level: 'must',
    name: `sends a client of HTTP/1.0 that asks for keep-alive an answer ${what}, and keeps the connection or closes it`,
    async run(wire) {
      const [answer, client] = await answerToOld(wire, bytes, 'Connection: keep-alive')
      assert.equal(answer.body, 'hello')
      assert.equal(answer.field('transfer-encoding'), undefined)
      if (!/keep-alive/i.test(answer.field('connection') ?? '')) await client.closed()
      else {
        assert.equal(answer.message.framing, 'length')
        client.send(`GET ${wire.path('/y')} HTTP/1.0\r\nHost: a\r\n\r\n`)
        assert.equal((await client.answer()).body, 'hello')
        await client.closed()
      }
    },
  },
])

const hostless: Case = {
  rule: 35,
  level: 'should',
  name: 'serves a client of HTTP/1.0 without a Host',
  async run(wire) {
    const client = await wire.connect()
    client.send(`GET ${wire.path('/x')} HTTP/1.0\r\n\r\n`)
    assert.equal((await client.answer()).status, 200)
    assert.equal(wire.upstream.requests[0]!.all('host').length, 1)
  },
}

export const cases: readonly Case[] = [...whole, ...reframed, ...toOld, hostless]
