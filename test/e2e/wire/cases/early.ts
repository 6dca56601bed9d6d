import assert from 'node:assert/strict'
import { ok, request, response } from '../rig/say.ts'
import type { UpstreamRequest } from '../rig/upstream.ts'
import type { Case, Wire } from '../rig/wire.ts'

const MB = 2 ** 20
const TOO_LARGE = response('413 Content Too Large', ['Content-Length: 2', 'Connection: close'], 'no')
const PIECE = Buffer.alloc(64 * 1024, 'x')

/** What an instance does with a connection after it has answered early. */
const AFTERWARDS: Readonly<Record<string, (asked: UpstreamRequest) => void>> = {
  'reads on': () => undefined,
  'reads no more': ({ connection }) => void connection.socket.pause(),
  closes: ({ connection }) => void connection.socket.destroySoon(),
}

/** Sends `bytes` of a body, at the pace of the gateway, for as long as it takes them. */
async function pour(client: Awaited<ReturnType<Wire['connect']>>, bytes: number): Promise<void> {
  const { socket } = client
  for (let sent = 0; sent < bytes && socket.writable && !client.ended; sent += PIECE.length) {
    if (socket.write(PIECE)) continue
    await new Promise<void>((next) => {
      const done = () => {
        socket.off('drain', done).off('close', done)
        next()
      }
      socket.on('drain', done).on('close', done)
    })
  }
}

const uploads = Object.entries(AFTERWARDS).flatMap(([does, afterwards]): Case[] => [
  {
    rule: 70,
    level: 'must',
    name: `gives an early 413 to a client that still sends, or is cut, when the instance ${does}`,
    async run({ connect, path, upstream }) {
      upstream.keep = false
      upstream.respond((asked) => afterwards(asked.write(TOO_LARGE)))
      const client = await connect()
      client.send(request(`POST ${path('/x')} HTTP/1.1`, `Content-Length: ${64 * MB}`))
      const pouring = pour(client, 64 * MB)
      const answer = await client.answerOrEnd().catch(() => undefined)
      assert.ok(answer === undefined || answer.status === 413, `answered ${answer?.status}`)
      client.socket.destroy()
      await pouring
    },
  },
  {
    rule: 70,
    level: 'should',
    name: `gives an early 413 to a client that reads only after it has sent, when the instance ${does}`,
    async run({ connect, path, upstream }) {
      upstream.keep = false
      upstream.respond((asked) => afterwards(asked.write(TOO_LARGE)))
      const client = await connect()
      client.socket.pause()
      client.send(request(`POST ${path('/x')} HTTP/1.1`, `Content-Length: ${8 * MB}`))
      await pour(client, 8 * MB)
      client.socket.resume()
      const answer = await client.answer()
      assert.equal(answer.status, 413)
      assert.equal(answer.body, 'no')
    },
  },
])

export const cases: readonly Case[] = [
  ...uploads,
  {
    rule: 70,
    level: 'should',
    name: 'gives its own early answer to a client that reads only after it has sent',
    async run({ connect }) {
      const client = await connect()
      client.socket.pause()
      client.send(request('POST /nowhere HTTP/1.1', `Content-Length: ${8 * MB}`))
      await pour(client, 8 * MB)
      client.socket.resume()
      assert.equal((await client.answer()).status, 404)
    },
  },
  {
    rule: 70,
    level: 'must',
    name: 'never takes the rest of a request that is answered already for another one',
    async run({ connect, path, upstream }) {
      upstream.respond((asked) =>
        asked.target === '/x' ? asked.write(ok('early')) : asked.whole().then(() => asked.write(ok('next'))),
      )
      const smuggled = request('GET /smuggled HTTP/1.1')
      const client = await connect()
      client.send(request(`POST ${path('/x')} HTTP/1.1`, `Content-Length: ${smuggled.length}`))
      assert.equal((await client.answer()).body, 'early')
      client.send(smuggled + request(`GET ${path('/next')} HTTP/1.1`))
      const next = await client.answerOrEnd().catch(() => undefined)
      assert.ok(next === undefined || next.body === 'next')
      assert.ok(upstream.requests.every(({ target }) => target !== '/smuggled'))
    },
  },
]
