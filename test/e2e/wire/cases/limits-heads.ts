import assert from 'node:assert/strict'
import { alive, assertNothingWhole } from '../rig/hostile.ts'
import { ok, request, response } from '../rig/say.ts'
import type { Case, Wire } from '../rig/wire.ts'

const PIECE = 64 * 1024

/** Longer than anybody takes. Sent in pieces, as long as the gateway listens. */
const OVERLONG: Readonly<Record<string, (wire: Wire) => string>> = {
  'a field of 10 MB': ({ path }) => request(`GET ${path('/x')} HTTP/1.1`, `X: ${'y'.repeat(10 * 2 ** 20)}`),
  '20 000 fields': ({ path }) => request(`GET ${path('/x')} HTTP/1.1`, ...Array(20_000).fill('X: y')),
  '2000 fields that are next to nothing, and a length': ({ path }) =>
    request(`GET ${path('/x')} HTTP/1.1`, ...Array(2000).fill('a:'), 'Content-Length: 30') +
    'GET /smuggled HTTP/1.1\r\n\r\n'.padEnd(30),
  'a target of 5 MB': ({ path }) => request(`GET ${path(`/${'y'.repeat(5 * 2 ** 20)}`)} HTTP/1.1`),
  'a line without an end': () => 'y'.repeat(2 ** 20),
}

const refusals = Object.entries(OVERLONG).map(
  ([what, bytesOf]): Case => ({
    rule: 90,
    level: 'must',
    name: `refuses ${what}, and lives (400, 413, 414 or 431, or closes)`,
    async run(wire) {
      const pids = await wire.pids()
      const client = await wire.connect()
      const bytes = bytesOf(wire)
      for (let at = 0; at < bytes.length && !client.ended; at += PIECE) {
        client.send(bytes.slice(at, at + PIECE))
        await new Promise(setImmediate)
      }
      const answer = await client.answerOrEnd().catch(() => undefined) // a reset may overtake it
      if (answer) assert.ok([400, 413, 414, 431].includes(answer.status), `answered ${answer.status}`)
      await client.closed()
      await assertNothingWhole(wire)
      assert.deepEqual(await wire.pids(), pids)
    },
  }),
)

const lines: readonly Case[] = [
  {
    rule: 91,
    level: 'should',
    name: 'takes a request line of 8000 octets',
    async run({ connect, path, upstream }) {
      const rest = `/${'y'.repeat(8000 - `GET ${path('/')} HTTP/1.1`.length)}`
      const client = await connect()
      client.send(request(`GET ${path(rest)} HTTP/1.1`))
      assert.equal((await client.answer()).status, 200)
      assert.equal((await upstream.request()).target, rest)
    },
  },
]

const ANSWERS: Readonly<Record<string, string>> = {
  'a field of 10 MB': response('200 OK', [`X: ${'y'.repeat(10 * 2 ** 20)}`, 'Content-Length: 2'], 'ok'),
  '20 000 fields': response('200 OK', [...Array(20_000).fill('X: y'), 'Content-Length: 2'], 'ok'),
  'a reason of 1 MB': response(`200 ${'y'.repeat(2 ** 20)}`, ['Content-Length: 2'], 'ok'),
}

const answers = Object.entries(ANSWERS).map(
  ([what, bytes]): Case => ({
    rule: 95,
    level: 'must',
    name: `answers 502 for a response head with ${what}, and lives`,
    async run(wire) {
      wire.upstream.respond(bytes, ok('alive'))
      const pids = await wire.pids()
      const client = await wire.connect()
      client.send(request(`GET ${wire.path('/x')} HTTP/1.1`))
      assert.equal((await client.answer()).status, 502)
      await alive(wire)
      assert.deepEqual(await wire.pids(), pids)
    },
  }),
)

export const cases: readonly Case[] = [...refusals, ...lines, ...answers]
