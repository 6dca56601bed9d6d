import assert from 'node:assert/strict'
import { ok, request, response } from '../rig/say.ts'
import { switching, upgrade } from '../rig/switching.ts'
import type { Case } from '../rig/wire.ts'

export const cases: readonly Case[] = [
  {
    rule: 41,
    level: 'must',
    name: 'Upgrade and its Connection are consumed, or both relayed',
    async run({ connect, path, upstream }) {
      upstream.respond(ok('plain'))
      const client = await connect()
      client.send(request(`GET ${path('/')} HTTP/1.1`, 'Connection: Upgrade', 'Upgrade: irc/6.9'))
      assert.equal((await client.answer()).body, 'plain')
      const asked = await upstream.request()
      // A gateway may let any protocol through: then with its Connection, or it is no request to switch.
      if (asked.field('upgrade') !== undefined) assert.match(asked.field('connection') ?? '', /upgrade/i)
    },
  },
  {
    rule: 41,
    level: 'should',
    name: 'h2c is never relayed, nor are its settings',
    async run({ connect, path, upstream }) {
      const client = await connect()
      const fields = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA']
      client.send(request(`GET ${path('/')} HTTP/1.1`, ...fields))
      assert.equal((await client.answer()).body, 'ok')
      const asked = await upstream.request()
      assert.deepEqual([asked.field('upgrade'), asked.field('http2-settings')], [undefined, undefined])
    },
  },
  {
    rule: 74,
    level: 'must',
    name: 'a switch has Upgrade and Connection both ways',
    async run({ connect, path, upstream }) {
      upstream.respond(switching())
      const client = await connect()
      client.send(upgrade(path('/chat?room=1')))
      const answer = await client.answer()
      const asked = await upstream.request()
      assert.equal(asked.target, '/chat?room=1')
      for (const field of [asked.field.bind(asked), answer.field.bind(answer)]) {
        assert.equal(field('upgrade')?.toLowerCase(), 'websocket')
        assert.match(field('connection') ?? '', /\bupgrade\b/i)
      }
      assert.equal(answer.status, 101)
    },
  },
  {
    rule: 74,
    level: 'must',
    name: 'Sec-WebSocket fields, Origin and all others pass end to end, and the instance learns the client',
    async run({ connect, path, upstream }) {
      upstream.respond(switching('Sec-WebSocket-Protocol: chat', 'Sec-WebSocket-Extensions: x-own', 'Set-Cookie: a=1'))
      const client = await connect()
      const own = ['Origin: http://page.test', 'Sec-WebSocket-Protocol: chat, news', 'Sec-WebSocket-Extensions: x-own']
      client.send(upgrade(path('/'), ...own, 'Cookie: b=2'))
      const answer = await client.answer()
      const asked = await upstream.request()
      for (const [name, value] of [...own, 'Cookie: b=2'].map((line) => line.split(': ') as [string, string]))
        assert.equal(asked.field(name), value)
      assert.equal(asked.field('sec-websocket-key'), 'dGhlIHNhbXBsZSBub25jZQ==')
      assert.match(asked.field('x-forwarded-for') ?? '', /127\.0\.0\.1$/)
      assert.equal(answer.field('sec-websocket-accept'), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
      assert.equal(answer.field('sec-websocket-protocol'), 'chat')
      assert.equal(answer.field('sec-websocket-extensions'), 'x-own')
      assert.equal(answer.field('set-cookie'), 'a=1')
    },
  },
  {
    rule: 77,
    level: 'must',
    name: 'a refused switch is a plain answer, and what the client sends behind it is HTTP or nothing',
    async run({ connect, path, upstream }) {
      upstream.respond(response('401 Unauthorized', ['WWW-Authenticate: Basic', 'Content-Length: 4'], 'who?'), ok())
      const client = await connect()
      client.send(upgrade(path('/')))
      const answer = await client.answer()
      assert.deepEqual([answer.status, answer.body, answer.field('www-authenticate')], [401, 'who?', 'Basic'])
      const smuggled = '/smuggled-past-the-gateway'
      client.send(request(`GET ${smuggled} HTTP/1.1`))
      const next = await client.answerOrEnd()
      if (next) assert.equal(next.status, 404)
      assert.ok(!upstream.received.includes(smuggled))
    },
  },
  {
    rule: 77,
    level: 'must',
    name: 'a 200 to a request to switch opens no tunnel',
    async run({ connect, path, upstream }) {
      upstream.respond(ok('no'), ok())
      const client = await connect()
      client.send(`${upgrade(path('/'))}\x82\x04abcd`)
      assert.equal((await client.answer()).body, 'no')
      await client.answerOrEnd().catch(() => undefined)
      assert.ok(!upstream.received.includes('abcd'))
      assert.equal(upstream.requests.length, 1)
    },
  },
  {
    rule: 77,
    level: 'must',
    name: 'a request to switch in HTTP/1.0 gets none',
    async run({ connect, path, upstream }) {
      upstream.respond((asked) => asked.write(asked.field('upgrade') ? switching() : ok('plain')))
      const client = await connect()
      client.send(upgrade(path('/')).replace('HTTP/1.1', 'HTTP/1.0'))
      // A refusal is as good: RFC 9110 7.8 only forbids the switch.
      assert.notEqual((await client.answer()).status, 101)
    },
  },
  {
    rule: 78,
    level: 'must',
    name: 'a 101 with another protocol than the requested one is a 502',
    async run({ connect, path, upstream }) {
      upstream.respond(switching().replace('Upgrade: websocket', 'Upgrade: other'))
      const client = await connect()
      client.send(upgrade(path('/')))
      assert.equal((await client.answer()).status, 502)
      await (await upstream.connection()).closed()
    },
  },
  {
    rule: 78,
    level: 'must',
    name: 'a 101 with no protocol at all is a 502',
    async run({ connect, path, upstream }) {
      upstream.respond('HTTP/1.1 101 Switching Protocols\r\n\r\n')
      const client = await connect()
      client.send(upgrade(path('/')))
      assert.equal((await client.answer()).status, 502)
    },
  },
]
