import assert from 'node:assert/strict'
import { ok, request, response } from '../rig/say.ts'
import type { Case } from '../rig/wire.ts'

const CHUNKED = 'Transfer-Encoding: chunked'

/** A chunked body with trailers. */
const trailing = (...fields: readonly string[]) =>
  `5\r\nhello\r\n0\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`

const get = (path: string, version = '1.1') => request(`GET ${path} HTTP/${version}`)

const FORBIDDEN = [
  'Content-Length: 3',
  'Transfer-Encoding: gzip',
  'Connection: close',
  'Host: evil.test',
  'Authorization: Basic eA==',
  'Cookie: a=b',
  'Set-Cookie: a=b',
  'X-Forwarded-For: 6.6.6.6',
  'Content-Type: text/evil',
  'Trailer: x',
]

const name = (field: string) => field.slice(0, field.indexOf(':')).toLowerCase()

const responses = (['announced', 'unannounced'] as const).map(
  (how): Case => ({
    rule: 66,
    level: 'should',
    name: `passes on the trailers of an answer, ${how}, byte for byte`,
    async run({ connect, path, upstream }) {
      const announced = how === 'announced' ? ['Trailer: X-Sum, Grpc-Status'] : []
      upstream.respond(
        response('200 OK', [CHUNKED, ...announced], trailing('X-Sum: a\xe9', 'X-Sum: b', 'Grpc-Status: 0')),
      )
      const client = await connect()
      for (const target of ['/a', '/b']) {
        const { message } = await client.send(get(path(target))).answer()
        assert.equal(message.body, 'hello')
        assert.deepEqual(message.trailers, [
          ['X-Sum', 'a\xe9'],
          ['X-Sum', 'b'],
          ['Grpc-Status', '0'],
        ])
      }
    },
  }),
)

const requests = (['announced', 'unannounced'] as const).map(
  (how): Case => ({
    rule: 66,
    level: 'should',
    name: `passes on the trailers of a request, ${how}, byte for byte`,
    async run({ connect, path, upstream }) {
      const announced = how === 'announced' ? ['Trailer: X-Sum'] : []
      const client = await connect()
      client.send(request(`POST ${path('/x')} HTTP/1.1`, CHUNKED, ...announced) + trailing('X-Sum: a\xe9', 'X-Sum: b'))
      assert.equal((await client.answer()).status, 200)
      const [asked] = upstream.requests
      assert.deepEqual(asked!.message.trailers, [
        ['X-Sum', 'a\xe9'],
        ['X-Sum', 'b'],
      ])
      assert.equal(asked!.field('trailer'), how === 'announced' ? 'X-Sum' : undefined)
    },
  }),
)

const forbidden = FORBIDDEN.flatMap((field): Case[] => [
  {
    rule: 65,
    level: 'must',
    name: `never makes a field of the head from the trailer ${name(field)} of a request`,
    async run({ connect, path, upstream }) {
      const client = await connect()
      client.send(request(`POST ${path('/x')} HTTP/1.1`, CHUNKED) + trailing(field, 'X-Sum: 1'))
      const { status } = await client.answer()
      const [asked] = upstream.requests
      // Some refuse what looks like framing.
      assert.ok(status === 200 || (status === 400 && !asked?.complete))
      assert.ok(!asked?.message.rawHead.includes(field))
    },
  },
  {
    rule: 65,
    level: 'must',
    name: `never makes a field of the head from the trailer ${name(field)} of an answer`,
    async run({ connect, path, upstream }) {
      upstream.respond(response('200 OK', [CHUNKED], trailing(field, 'X-Sum: 1')))
      const { message } = await (await connect()).send(get(path('/x'))).answer()
      assert.ok(!message.rawHead.includes(field))
      assert.equal(message.body, 'hello')
    },
  },
  {
    rule: 65,
    level: 'should',
    name: `passes on no trailer ${name(field)}, either way`,
    async run({ connect, path, upstream }) {
      upstream.respond((asked) =>
        asked.whole().then(() => asked.write(response('200 OK', [CHUNKED], trailing(field, 'X-Sum: 1')))),
      )
      const client = await connect()
      const framing = /^(?:content-length|transfer-encoding)$/.test(name(field))
      // In a request that would be refused by some.
      client.send(request(`POST ${path('/x')} HTTP/1.1`, CHUNKED) + trailing(framing ? 'X-Sum: 1' : field))
      const answer = await client.answer()
      assert.equal(answer.status, 200)
      for (const { trailers } of [answer.message, upstream.requests[0]!.message])
        assert.ok(trailers.every(([found]) => found.toLowerCase() !== name(field)))
    },
  },
])

export const cases: readonly Case[] = [
  ...responses,
  ...requests,
  ...forbidden,
  {
    rule: 65,
    level: 'must',
    name: 'gives a client of HTTP/1.0 the body without its trailers',
    async run({ connect, path, upstream }) {
      upstream.respond(response('200 OK', [CHUNKED, 'Trailer: X-Sum'], trailing('X-Sum: 1')))
      const client = await connect()
      const { body, message, ending } = await client.send(get(path('/x'), '1.0')).answer()
      assert.equal(body, 'hello')
      assert.equal(ending, 'clean')
      assert.deepEqual(message.trailers, [])
      assert.equal(message.field('x-sum'), undefined)
    },
  },
  {
    rule: 65,
    level: 'must',
    name: 'gives an answer that announces trailers and has no chunks',
    async run({ connect, path, upstream }) {
      const heads = ['204 No Content', '304 Not Modified']
      upstream.respond(
        ...(heads.map((status) => response(status, ['Trailer: X-Sum'])) as [string, string]),
        response('200 OK', [CHUNKED, 'Trailer: X-Sum']),
        ok('next', 'Trailer: X-Sum'),
      )
      const client = await connect()
      for (const status of heads)
        assert.equal((await client.send(get(path('/x'))).answer()).status, Number(status.slice(0, 3)))
      client.send(request(`HEAD ${path('/x')} HTTP/1.1`))
      assert.equal((await client.answer({ toHead: true })).status, 200)
      assert.equal((await client.send(get(path('/x'))).answer()).body, 'next')
    },
  },
]
