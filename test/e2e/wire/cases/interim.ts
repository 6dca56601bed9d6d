import assert from 'node:assert/strict'
import { perhaps } from '../rig/perhaps.ts'
import { ok, request, response } from '../rig/say.ts'
import type { Case } from '../rig/wire.ts'

const HINTS = response('103 Early Hints', ['Link: </style.css>; rel=preload', 'X-Hint: one'])
const PROCESSING = response('102 Processing', ['X-Progress: half'])

const get = (path: string, version = '1.1') => request(`GET ${path} HTTP/${version}`)

export const cases: readonly Case[] = [
  {
    rule: 62,
    level: 'must',
    name: 'gives the final answer behind interim ones, with its own fields alone',
    async run({ connect, path, upstream }) {
      upstream.respond(response('100 Continue') + HINTS + PROCESSING + HINTS + ok('final', 'X-Final: yes'))
      const client = await connect()
      for (const target of ['/a', '/b']) {
        const answer = await client.send(get(path(target))).answer()
        assert.equal(answer.status, 200)
        assert.equal(answer.body, 'final')
        assert.equal(answer.field('x-final'), 'yes')
        for (const name of ['link', 'x-hint', 'x-progress']) assert.equal(answer.field(name), undefined)
      }
    },
  },
  {
    rule: 62,
    level: 'must',
    name: 'takes an interim answer that comes byte by byte for none',
    async run({ connect, path, upstream }) {
      upstream.respond(async (asked) => {
        for (const byte of HINTS) {
          asked.write(byte)
          await new Promise((next) => setImmediate(next))
        }
        asked.write(ok('final'))
      })
      const client = await connect()
      assert.equal((await client.send(get(path('/x'))).answer()).body, 'final')
    },
  },
  {
    rule: 62,
    level: 'must',
    name: 'does not wait for ever for a final answer behind interim ones without end',
    async run({ connect, path, upstream }) {
      upstream.respond((asked) => asked.write(PROCESSING.repeat(20_000)))
      const client = await connect()
      assert.ok([502, 504].includes((await client.send(get(path('/x'))).answer()).status))
    },
  },
  {
    rule: 62,
    level: 'must',
    name: 'keeps pipelined answers apart when there are interim ones among them',
    async run({ connect, path, upstream }) {
      upstream.respond(async (asked) => {
        const first = asked.target === '/first'
        asked.write(HINTS)
        if (first) await perhaps('the second is asked, and answers', () => upstream.requests.length === 2)
        asked.write(ok(first ? 'first' : 'second'))
      })
      const client = await connect()
      client.send(get(path('/first')) + get(path('/second')))
      assert.equal((await client.answer()).body, 'first')
      assert.equal((await client.answer()).body, 'second')
    },
  },
  {
    rule: 63,
    level: 'should',
    name: 'passes 102 and 103 on at once, in order, before the final answer is there',
    async run({ connect, path, upstream }) {
      upstream.respond((asked) => asked.write(HINTS))
      const client = await connect()
      client.send(get(path('/x')))
      const asked = await upstream.request()
      await client.sees('103 Early Hints\r\n')
      asked.write(PROCESSING)
      await client.sees('102 Processing\r\n')
      asked.write(ok('final'))
      const { interim, body } = await client.answer()
      assert.equal(body, 'final')
      assert.deepEqual(
        interim.map(({ status }) => status),
        [103, 102],
      )
      assert.equal(interim[0]!.message.field('link'), '</style.css>; rel=preload')
    },
  },
  {
    rule: 63,
    level: 'must',
    name: 'sends no interim answer to a client of HTTP/1.0',
    async run({ connect, path, upstream }) {
      upstream.respond(HINTS + ok('final'))
      const client = await connect()
      const { interim, body } = await client.send(get(path('/x'), '1.0')).answer()
      assert.equal(body, 'final')
      assert.equal(interim.length, 0)
    },
  },
  {
    rule: 63,
    level: 'must',
    name: 'passes on nothing of an interim answer that is about the connection or a length',
    async run({ connect, path, upstream }) {
      const fields = [
        'Connection: close, X-Secret',
        'X-Secret: 1',
        'Keep-Alive: timeout=1',
        'Content-Length: 5',
        'X-Y: z',
      ]
      upstream.respond(response('103 Early Hints', fields) + ok('final'))
      const client = await connect()
      const { interim, status } = await client.send(get(path('/x'))).answer()
      assert.equal(status, 200)
      for (const { message } of interim) {
        const names = message.fields.map(([name]) => name.toLowerCase())
        for (const name of ['x-secret', 'keep-alive', 'content-length']) assert.ok(!names.includes(name), name)
        assert.equal(message.field('x-y'), 'z')
      }
    },
  },
]
