import assert from 'node:assert/strict'
import { pourAnswer } from '../rig/pour.ts'
import { request, response } from '../rig/say.ts'
import type { Case } from '../rig/wire.ts'

const STALLS = {
  length: [['Content-Length: 10'], 'hello'],
  chunks: [['Transfer-Encoding: chunked'], '5\r\nhello\r\n'],
  'half a chunk': [['Transfer-Encoding: chunked'], 'a\r\nhello'],
  'no end but that of the connection': [[], 'hello'],
} as const

const stalls = Object.entries(STALLS).map(
  ([framing, [fields, half]]): Case => ({
    rule: 82,
    level: 'should',
    name: `cuts off a body that stands still, and never ends it: ${framing}`,
    async run({ connect, path, upstream }) {
      upstream.respond((asked) => asked.write(response('200 OK', fields, half)))
      const client = await connect()
      const { ending, body, message } = await client.send(request(`GET ${path('/x')} HTTP/1.1`)).answer()
      assert.equal(body, 'hello')
      // A client of HTTP/1.1 sees by the framing that something is missing, where there is one.
      assert.equal(ending, message.framing === 'close' ? 'clean' : 'cut')
      await (await upstream.connection()).closed()
    },
  }),
)

export const cases: readonly Case[] = [
  ...stalls,
  {
    rule: 82,
    level: 'should',
    name: 'leaves an event stream alone that is silent for longer than another body may be',
    async run({ connect, path, upstream }) {
      const fields = ['Content-Type: text/event-stream', 'Transfer-Encoding: chunked']
      upstream.respond(
        (asked) => asked.write(response('200 OK', fields)),
        (asked) => asked.write(response('200 OK', ['Content-Length: 10'], 'hello')),
      )
      const client = await connect()
      await client.send(request(`GET ${path('/x')} HTTP/1.1`)).sees('\r\n\r\n')
      const asked = await upstream.request()
      for (let i = 0; i < 2; i++) {
        const another = await connect()
        assert.equal((await another.send(request(`GET ${path('/y')} HTTP/1.1`)).answer()).ending, 'cut')
      }
      asked.write('5\r\nhello\r\n0\r\n\r\n')
      assert.equal((await client.answer()).body, 'hello')
    },
  },
  {
    rule: 93,
    level: 'should',
    name: 'cuts off a client that takes nothing of an answer, and lets go of the instance',
    async run({ connect, path, upstream }) {
      upstream.respond((asked) => pourAnswer(asked, 1e9))
      const client = await connect()
      client.socket.pause()
      client.send(request(`GET ${path('/x')} HTTP/1.1`))
      await (await upstream.connection()).closed()
      client.socket.resume()
      await client.closed()
    },
  },
]
