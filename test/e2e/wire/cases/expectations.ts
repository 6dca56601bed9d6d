import assert from 'node:assert/strict'
import { alive, targets } from '../rig/hostile.ts'
import { perhaps } from '../rig/perhaps.ts'
import { chunked, ok, request, response } from '../rig/say.ts'
import type { UpstreamRequest } from '../rig/upstream.ts'
import type { Case } from '../rig/wire.ts'

const EXPECT = 'Expect: 100-continue'
const CONTINUE = response('100 Continue')

const FRAMINGS = {
  length: ['Content-Length: 5', 'hello'],
  chunks: ['Transfer-Encoding: chunked', chunked('hello')],
} as const

/** Says to go on, and answers when all is there. */
const goOn = (asked: UpstreamRequest) => {
  if (asked.field('expect')) asked.write(CONTINUE)
  return asked.whole().then(() => asked.write(ok(asked.body)))
}

const waits = Object.entries(FRAMINGS).map(
  ([framing, [field, body]]): Case => ({
    rule: 64,
    level: 'must',
    name: `tells a client that waits with a body with ${framing} to go on`,
    async run({ connect, path, upstream }) {
      upstream.respond(goOn)
      const client = await connect()
      for (const target of ['/a', '/b']) {
        client.send(request(`POST ${path(target)} HTTP/1.1`, EXPECT, field))
        await client.sees('100 Continue\r\n\r\n')
        client.send(body)
        const answer = await client.answer()
        assert.equal(answer.body, 'hello')
        assert.equal(answer.interim.length, 1)
      }
    },
  }),
)

const finals = ['401 Unauthorized', '413 Content Too Large', '417 Expectation Failed', '200 OK'].map(
  (status): Case => ({
    rule: 64,
    level: 'must',
    name: `gives a final ${status.slice(0, 3)} of the instance to a client that waits with its body`,
    async run({ connect, path, upstream }) {
      upstream.respond((asked) => asked.write(response(status, ['Content-Length: 2'], 'no')))
      const client = await connect()
      client.send(request(`POST ${path('/x')} HTTP/1.1`, EXPECT, 'Content-Length: 5'))
      // A gateway may have told it to go on; then it does.
      if (/^HTTP\/1.1 100/.test(await client.sees(/\r\n\r\n/))) client.send('hello')
      const answer = await client.answer()
      assert.equal(answer.status, Number(status.slice(0, 3)))
      assert.equal(answer.body, 'no')
    },
  }),
)

export const cases: readonly Case[] = [
  ...waits,
  ...finals,
  {
    rule: 64,
    level: 'should',
    name: 'asks for no body that the instance does not ask for',
    async run({ connect, path, upstream }) {
      upstream.respond((asked) => asked.write(response('401 Unauthorized', ['Content-Length: 0'])))
      const client = await connect()
      const answer = await client.send(request(`POST ${path('/x')} HTTP/1.1`, EXPECT, 'Content-Length: 5')).answer()
      assert.equal(answer.status, 401)
      assert.equal(answer.interim.length, 0)
      const [asked] = upstream.requests
      assert.equal(asked!.field('expect'), '100-continue')
      assert.equal(asked!.message.bodyBytes, 0)
      // What is read as a body there must not become a request: the client may have sent none.
      await asked!.connection.closed()
    },
  },
  {
    rule: 64,
    level: 'must',
    name: 'never takes a body that was not asked for, and what follows it, for something else',
    async run(wire) {
      const { connect, path, upstream } = wire
      upstream.respond((asked) =>
        asked.target === '/x' ? asked.write(response('401 Unauthorized', ['Content-Length: 0'])) : asked.write(ok()),
      )
      const client = await connect()
      const smuggled = request('GET /smuggled HTTP/1.1')
      client.send(request(`POST ${path('/x')} HTTP/1.1`, EXPECT, `Content-Length: ${smuggled.length}`))
      assert.equal((await client.answer()).status, 401)
      client.send(smuggled + request(`GET ${path('/next')} HTTP/1.1`))
      const next = await client.answerOrEnd().catch(() => undefined)
      await alive(wire)
      assert.ok(next === undefined || next.status === 200)
      assert.deepEqual(
        targets(wire).filter((target) => target !== '/x'),
        next ? ['/next'] : [],
      )
    },
  },
  {
    rule: 64,
    level: 'must',
    name: 'sends on the body of a client that does not wait',
    async run({ connect, path, upstream }) {
      upstream.respond(goOn)
      const client = await connect()
      for (const [field, body] of Object.values(FRAMINGS)) {
        client.send(request(`POST ${path('/x')} HTTP/1.1`, EXPECT, field) + body)
        assert.equal((await client.answer()).body, 'hello')
      }
    },
  },
  {
    rule: 64,
    level: 'must',
    name: 'gives the body to an instance that does not say to go on',
    async run({ connect, path, upstream }) {
      upstream.respond((asked) => asked.whole().then(() => asked.write(ok(asked.body))))
      const client = await connect()
      client.send(request(`POST ${path('/x')} HTTP/1.1`, EXPECT, 'Content-Length: 5'))
      await client.sees('100 Continue\r\n\r\n')
      assert.equal((await client.send('hello').answer()).body, 'hello')
    },
  },
  {
    rule: 64,
    level: 'must',
    name: 'tells a client of HTTP/1.0 nothing before the answer',
    async run({ connect, path, upstream }) {
      upstream.respond(goOn)
      const client = await connect()
      client.send(`${request(`POST ${path('/x')} HTTP/1.0`, EXPECT, 'Content-Length: 5')}hello`)
      const { interim, body } = await client.answer()
      assert.equal(interim.length, 0)
      assert.equal(body, 'hello')
    },
  },
  {
    rule: 64,
    level: 'must',
    name: 'tells a client to go on only when it is its turn, behind the answers to earlier requests',
    async run({ connect, path, upstream }) {
      upstream.respond(async (asked) => {
        if (asked.target !== '/slow') return goOn(asked)
        await perhaps('the other is asked, and says to go on', () => upstream.requests.length === 2)
        asked.write(ok('slow'))
      })
      const client = await connect()
      client.send(
        request(`GET ${path('/slow')} HTTP/1.1`) + request(`POST ${path('/x')} HTTP/1.1`, EXPECT, 'Content-Length: 5'),
      )
      assert.match(await client.sees(/\r\n\r\n/), /^HTTP\/1.1 200/)
      assert.equal((await client.answer()).body, 'slow')
      await client.sees('100 Continue\r\n\r\n')
      assert.equal((await client.send('hello').answer()).body, 'hello')
    },
  },
  {
    rule: 64,
    level: 'must',
    name: 'refuses an expectation that nobody knows, or leaves it to the instance',
    async run({ connect, path, upstream }) {
      const client = await connect()
      const { status } = await client.send(request(`GET ${path('/x')} HTTP/1.1`, 'Expect: the-unexpected')).answer()
      assert.ok(status === 417 || (status === 200 && upstream.requests.length === 1))
    },
  },
]
