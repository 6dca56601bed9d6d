import assert from 'node:assert/strict'
import { alive } from '../rig/hostile.ts'
import { request } from '../rig/say.ts'
import { type Case, KNOBS, type Wire } from '../rig/wire.ts'

/** Gateways look now and then: so much later they may be. */
const SLACK_MS = 4000
const HEAD_MS = KNOBS.headerTimeoutMs + SLACK_MS
const BODY_MS = KNOBS.bodyTimeoutMs + SLACK_MS

const post = ({ path }: Wire, ...fields: readonly string[]) => request(`POST ${path('/x')} HTTP/1.1`, ...fields)

const HEADS: Readonly<Record<string, (wire: Wire) => string>> = {
  'of which nothing comes': () => '',
  'that stops in its first line': ({ path }) => `GET ${path('/')}`,
  'that stops in a field': ({ path }) => `GET ${path('/')} HTTP/1.1\r\nHost: a\r\nX: `,
}

const heads = Object.entries(HEADS).map(
  ([what, bytesOf]): Case => ({
    rule: 93,
    level: 'must',
    name: `cuts a head ${what} within its time (408, or closes)`,
    async run(wire) {
      const client = await wire.connect()
      const begun = performance.now()
      client.send(bytesOf(wire))
      const answer = await client.answerOrEnd({ patienceMs: HEAD_MS })
      if (answer) assert.equal(answer.status, 408)
      await client.closed(HEAD_MS)
      assert.ok(performance.now() - begun < HEAD_MS + SLACK_MS)
      await alive(wire)
    },
  }),
)

const slow: readonly Case[] = [
  {
    rule: 93,
    level: 'must',
    name: 'cuts a head as a whole, though a byte comes every few hundred milliseconds',
    async run(wire) {
      const client = await wire.connect()
      client.send(`GET ${wire.path('/')} HTTP/1.1\r\nHost: a\r\nX: `)
      const trickle = setInterval(() => client.socket.writable && client.send('y'), 200)
      const answer = await client.answerOrEnd({ patienceMs: HEAD_MS }).finally(() => clearInterval(trickle))
      if (answer) assert.equal(answer.status, 408)
      await client.closed(SLACK_MS)
      await alive(wire)
    },
  },
  {
    rule: 93,
    level: 'must',
    name: 'cuts the second head of a connection in the same way',
    async run(wire) {
      const client = await wire.connect()
      client.send(request(`GET ${wire.path('/')} HTTP/1.1`))
      assert.equal((await client.answer()).status, 200)
      client.send(`GET ${wire.path('/')} HTTP/1.1\r\nHost: a\r\nX: `)
      const answer = await client.answerOrEnd({ patienceMs: HEAD_MS })
      if (answer) assert.equal(answer.status, 408)
      await client.closed(SLACK_MS)
    },
  },
]

const BODIES: Readonly<Record<string, readonly [field: string, bytes: string]>> = {
  'of told length': ['Content-Length: 100', 'half'],
  'in chunks': ['Transfer-Encoding: chunked', '4\r\nhalf\r\n'],
  'of which nothing comes': ['Content-Length: 100', ''],
}

const bodies = Object.entries(BODIES).map(
  ([what, [field, bytes]]): Case => ({
    rule: 93,
    level: 'should',
    name: `cuts a body ${what} that stands still (408, or closes), and lets go of the upstream`,
    async run(wire) {
      wire.upstream.respond(() => undefined)
      const client = await wire.connect()
      client.send(post(wire, field) + bytes)
      const asked = await wire.upstream.request()
      const answer = await client.answerOrEnd({ patienceMs: BODY_MS })
      if (answer) assert.equal(answer.status, 408)
      await client.closed(SLACK_MS)
      await asked.connection.closed(SLACK_MS)
      assert.equal(asked.complete, false)
    },
  }),
)

const behind: readonly Case[] = [
  {
    rule: 93,
    level: 'should',
    name: 'does not keep a connection for a body that stands still behind its answer',
    async run(wire) {
      wire.upstream.respond((asked) => asked.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly'))
      const client = await wire.connect()
      client.send(`${post(wire, 'Content-Length: 100')}half`)
      assert.equal((await client.answer()).body, 'early')
      await client.closed(BODY_MS)
    },
  },
]

export const cases: readonly Case[] = [...heads, ...slow, ...bodies, ...behind]
