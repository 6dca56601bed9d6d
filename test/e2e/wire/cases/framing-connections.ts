import assert from 'node:assert/strict'
import { alive, assertNothingWhole, targets } from '../rig/hostile.ts'
import { perhaps } from '../rig/perhaps.ts'
import { chunked, ok, request, response } from '../rig/say.ts'
import type { Case, Wire } from '../rig/wire.ts'

const GARBAGE: Readonly<Record<string, string>> = {
  'a TLS hello': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'a PROXY header': 'PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n',
  'a binary PROXY header': '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\x7f\0\0\x01\x7f\0\0\x01\0\x50\0\x51',
  'a greeting of SSH': 'SSH-2.0-OpenSSH_9.2\r\n',
  'a response': 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  NULs: '\0\0\0\0\0\0\0\0\r\n\r\n',
  'a line of JSON': '{"id":1}\r\n\r\n',
  'bytes above 127': '\xff\xfe\xfd\xfc\r\n\r\n',
}

const get = (target: string, { path }: Wire, ...fields: readonly string[]) =>
  request(`GET ${path(target)} HTTP/1.1`, ...fields)

const garbage = Object.entries(GARBAGE).flatMap(([what, bytes]): Case[] => [
  {
    rule: 23,
    level: 'must',
    name: `executes nothing behind ${what}`,
    async run(wire) {
      const client = await wire.connect()
      client.send(bytes + get('/smuggled', wire))
      const answer = await client.answerOrEnd()
      if (answer) assert.ok(answer.status >= 400)
      await client.closed()
      await assertNothingWhole(wire)
    },
  },
  {
    rule: 23,
    level: 'must',
    name: `executes nothing behind ${what} that follows a proper request, and gives the latter nobody else's answer`,
    async run(wire) {
      const client = await wire.connect()
      client.send(get('/proper', wire))
      assert.equal((await client.answer()).status, 200)
      client.send(bytes + get('/smuggled', wire))
      const answer = await client.answerOrEnd()
      if (answer) assert.ok(answer.status >= 400)
      await client.closed()
      await alive(wire)
      assert.deepEqual(targets(wire), ['/proper'])
    },
  },
])

const connections: readonly Case[] = [
  {
    rule: 23,
    level: 'must',
    name: 'executes no HTTP/1.1 behind the preface of HTTP/2 (refused, or answered in HTTP/2)',
    async run(wire) {
      const client = await wire.connect()
      client.send(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${get('/smuggled', wire)}`)
      await client.closed()
      assert.doesNotMatch(client.unread, /^HTTP\/1.1 200/)
      await assertNothingWhole(wire)
    },
  },
  {
    rule: 23,
    level: 'must',
    name: 'executes nothing that comes some time after a malformed request',
    async run(wire) {
      const client = await wire.connect()
      client.send(get('/x', wire, 'Content-Length: -1'))
      assert.equal((await client.answer()).status, 400)
      client.send(get('/smuggled', wire))
      await client.closed()
      await assertNothingWhole(wire)
    },
  },
  {
    rule: 23,
    level: 'must',
    name: 'answers what came before a malformed request, or nothing, and never with the refusal',
    async run(wire) {
      wire.upstream.respond(() => undefined, ok())
      const client = await wire.connect()
      client.send(get('/proper', wire))
      const asked = await wire.upstream.request()
      client.send('nonsense\r\n\r\n')
      // Some close at once: then there is nothing to answer.
      await perhaps('the gateway closes', () => client.ended)
      asked.write(ok('proper'))
      const answer = await client.answerOrEnd()
      if (answer) assert.equal(answer.body, 'proper')
      const second = await client.answerOrEnd()
      if (second) assert.equal(second.status, 400)
      await client.closed()
      await alive(wire)
    },
  },
  {
    rule: 23,
    level: 'must',
    name: 'executes nothing behind a request that asks to close',
    async run(wire) {
      const client = await wire.connect()
      client.send(get('/proper', wire, 'Connection: close') + get('/smuggled', wire))
      assert.equal((await client.answer()).status, 200)
      await client.closed()
      assert.equal(client.unread, '')
      await alive(wire)
      assert.deepEqual(targets(wire), ['/proper'])
    },
  },
]

const between: Case = {
  rule: 23,
  level: 'must',
  name: 'puts no answer to garbage into an answer that is on its way',
  async run(wire) {
    wire.upstream.respond((asked) => asked.write(`${response('200 OK', ['Content-Length: 10'])}hello`), ok())
    const client = await wire.connect()
    client.send(get('/half', wire))
    await client.sees('hello')
    client.send('\x16\x03\x01garbage\r\n\r\n')
    // Some break off, others wait for the rest.
    await perhaps('the gateway closes', () => client.ended)
    wire.upstream.requests[0]!.write('world')
    const { status, body } = await client.answer()
    assert.equal(status, 200)
    assert.ok('helloworld'.startsWith(body))
    await client.closed()
    await alive(wire)
  },
}

const pipelined: readonly Case[] = [
  {
    rule: 25,
    level: 'must',
    name: 'answers a slow first request before the quick ones behind it',
    async run(wire) {
      const { connect, upstream } = wire
      const held = (asked: { write(bytes: string): unknown; target: string }) => void asked.write(ok(asked.target))
      upstream.respond((asked) => {
        if (asked.target !== '/slow') held(asked)
      })
      const client = await connect()
      client.send(get('/slow', wire) + get('/b', wire) + get('/c', wire))
      const slow = await upstream.request()
      // Whoever asks for all at once has their answers by now, and must keep them back.
      await perhaps('the others are asked', () => upstream.requests.length === 3)
      assert.equal(client.receivedBytes, 0)
      held(slow)
      for (const target of ['/slow', '/b', '/c']) assert.equal((await client.answer()).body, target)
    },
  },
  {
    rule: 25,
    level: 'must',
    name: 'answers pipelined requests with bodies, each with its own',
    async run({ connect, path, upstream }) {
      upstream.respond((asked) => asked.whole().then(() => asked.write(ok(asked.target + asked.body))))
      const client = await connect()
      const post = (target: string, framing: string, body: string) =>
        request(`POST ${path(target)} HTTP/1.1`, framing) + body
      client.send(post('/a', 'Content-Length: 3', 'one') + post('/b', 'Transfer-Encoding: chunked', chunked('t', 'wo')))
      client.send(request(`GET ${path('/c')} HTTP/1.1`) + post('/d', 'Content-Length: 0', ''))
      for (const body of ['/aone', '/btwo', '/c', '/d']) assert.equal((await client.answer()).body, body)
    },
  },
  {
    rule: 25,
    level: 'must',
    name: 'keeps pipelined answers apart whatever their framing',
    async run(wire) {
      const { connect, path, upstream } = wire
      upstream.respond(
        response('200 OK', ['Transfer-Encoding: chunked'], chunked('a', 'b')),
        response('204 No Content'),
        response('200 OK', ['Content-Length: 9']),
        response('304 Not Modified', ['ETag: "x"']),
        ok(''),
        ok('last'),
      )
      const client = await connect()
      const head = request(`HEAD ${path('/c')} HTTP/1.1`)
      client.send(get('/a', wire) + get('/b', wire) + head + get('/d', wire) + get('/e', wire) + get('/f', wire))
      assert.equal((await client.answer()).body, 'ab')
      assert.equal((await client.answer()).status, 204)
      assert.equal((await client.answer({ toHead: true })).status, 200)
      assert.equal((await client.answer()).status, 304)
      assert.equal((await client.answer()).body, '')
      assert.equal((await client.answer()).body, 'last')
    },
  },
]

const emptyLines = [
  ['an empty line', '\r\n'],
  ['two empty lines', '\r\n\r\n'],
].map(
  ([what, bytes]): Case => ({
    rule: 26,
    level: 'should',
    name: `ignores ${what} before a request line, the first and the next`,
    async run(wire) {
      const client = await wire.connect()
      for (const target of ['/a', '/b']) {
        client.send(bytes + get(target, wire))
        assert.equal((await client.answer()).status, 200)
      }
      assert.deepEqual(targets(wire), ['/a', '/b'])
    },
  }),
)

export const cases: readonly Case[] = [...garbage, ...connections, between, ...pipelined, ...emptyLines]
