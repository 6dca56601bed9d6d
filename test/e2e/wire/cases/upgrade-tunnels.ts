import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { until } from '../../../support/until.ts'
import { switching, tunnel, upgrade } from '../rig/switching.ts'
import { type Case, KNOBS, type Wire } from '../rig/wire.ts'

const SOON_MS = 3000
/** Within this an idle tunnel is closed: gateways look now and then. */
const IDLE_MS = 4 * KNOBS.tunnelTimeoutMs
/** Of a tunnel that is never idle for long. */
const PACE_MS = KNOBS.tunnelTimeoutMs / 10
const MANY = Buffer.alloc(2 * 2 ** 20, 'between 0 and the end ')

const hash = (text: string) => createHash('sha256').update(text, 'latin1').digest('hex')
const MANY_HASH = hash(MANY.toString('latin1'))

type Ends = Readonly<Record<string, (between: Awaited<ReturnType<typeof tunnel>>, wire: Wire) => Promise<unknown>>>

const ENDS: Readonly<Record<Case['level'], Ends>> = {
  must: {
    async 'the end of the client reaches the instance'({ client, asked }) {
      client.send('last').end()
      await asked.connection.closed(SOON_MS)
      assert.equal(asked.connection.tunnelled, 'last')
    },
    async 'the end of the instance reaches the client'({ client, asked }) {
      asked.write('last').end()
      await client.closed(SOON_MS)
      assert.equal(client.unread, 'last')
    },
    async 'a reset of the client reaches the instance'({ client, asked }) {
      client.reset()
      await asked.connection.closed(SOON_MS)
    },
    async 'a reset of the instance reaches the client, and the gateway lives'({ client, asked }, wire) {
      asked.reset()
      await client.closed(SOON_MS)
      await tunnel(wire)
    },
  },
  should: {
    async 'half an end is half an end: what the other side still says arrives'({ client, asked }) {
      client.send('question').end()
      await until('the end of the question', () => asked.connection.ended)
      asked.write('answer').end()
      await client.sees('answer')
    },
  },
}

const ends = (['must', 'should'] as const).flatMap((level) =>
  Object.entries(ENDS[level]).map(
    ([name, run]): Case => ({ rule: 76, level, name, run: async (wire) => void (await run(await tunnel(wire), wire)) }),
  ),
)

export const cases: readonly Case[] = [
  {
    rule: 75,
    level: 'must',
    name: 'what is glued to the 101 reaches the client',
    async run({ connect, path, upstream }) {
      upstream.respond(`${switching()}\x81\x05hello`)
      const client = await connect()
      client.send(upgrade(path('/')))
      assert.equal((await client.answer()).status, 101)
      assert.equal(await client.sees('hello'), '\x81\x05hello')
    },
  },
  {
    rule: 75,
    level: 'should',
    name: 'what the client sends before the 101 reaches the instance',
    async run({ connect, path, upstream }) {
      upstream.respond((asked) => {
        asked.connection.tunnel()
        asked.write(switching())
      })
      const client = await connect()
      client.send(`${upgrade(path('/'))}\x81\x05early`)
      assert.equal((await client.answer()).status, 101)
      const asked = await upstream.request()
      await until('the early frame', () => asked.connection.tunnelled === '\x81\x05early')
    },
  },
  {
    rule: 75,
    level: 'must',
    name: '2 MB pass exactly in each direction, at the same time',
    async run(wire) {
      const { client, asked } = await tunnel(wire)
      client.send(MANY)
      asked.write(MANY)
      await until('all at the instance', () => asked.connection.tunnelled.length === MANY.length)
      await until('all at the client', () => client.unread.length === MANY.length)
      assert.equal(hash(asked.connection.tunnelled), MANY_HASH)
      assert.equal(hash(client.unread), MANY_HASH)
    },
  },
  ...ends,
  {
    rule: 76,
    level: 'must',
    name: 'a client that leaves before the 101 leaves no exchange behind',
    async run({ connect, path, upstream }) {
      upstream.respond(() => undefined)
      const client = await connect()
      client.send(upgrade(path('/')))
      const asked = await upstream.request()
      client.socket.destroy()
      await asked.connection.closed(SOON_MS)
    },
  },
  {
    rule: 79,
    level: 'should',
    name: 'a tunnel on which nothing passes is closed on both sides',
    async run(wire) {
      const { client, asked } = await tunnel(wire)
      await client.closed(IDLE_MS)
      await asked.connection.closed(SOON_MS)
    },
  },
  {
    rule: 79,
    level: 'should',
    name: 'a tunnel lives for as long as something passes in it',
    async run(wire) {
      const { client, asked } = await tunnel(wire)
      const talking = setInterval(() => asked.write('.'), PACE_MS)
      try {
        for (let i = 0; i < 2; i++) await (await tunnel(wire)).client.closed(IDLE_MS)
      } finally {
        clearInterval(talking)
      }
      assert.equal(client.ended, undefined)
      client.send('still there')
      await until('the instance hears it', () => asked.connection.tunnelled === 'still there')
    },
  },
]
