import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { standstillOf } from '../../../support/standstill.ts'
import { until } from '../../../support/until.ts'
import { pour, pourAnswer } from '../rig/pour.ts'
import { ok, request } from '../rig/say.ts'
import type { Case } from '../rig/wire.ts'

const MB = 2 ** 20
const ALL = 200 * MB
const MOST_IN_FLIGHT = 48 * MB

/** Of a client that is so slow that an instance is left alone for longer than it may be silent. */
const PACE_MS = 250

export const cases: readonly Case[] = [
  {
    rule: 72,
    level: 'must',
    name: 'slows an instance down to the pace of a slow client, whatever the response time-out, and loses nothing',
    alone: true,
    patienceMs: 30_000,
    async run({ connect, path, upstream }) {
      upstream.respond((asked) => (asked.target === '/silent' ? undefined : pourAnswer(asked, ALL)))
      const client = await connect()
      client.send(request(`GET ${path('/x')} HTTP/1.1`))
      await client.sees('\r\n\r\n')
      client.socket.pause()
      const { connection } = await upstream.request()
      assert.ok((await standstillOf(connection.socket)) < MOST_IN_FLIGHT)
      // Never without a byte, until the time-out has struck somebody else.
      const silent = (await connect()).send(request(`GET ${path('/silent')} HTTP/1.1`))
      while (silent.receivedBytes === 0) {
        await sleep(PACE_MS)
        client.socket.resume()
        const before = client.receivedBytes
        await until('a little more', () => client.receivedBytes > before + MB)
        client.socket.pause()
      }
      assert.equal((await silent.answer()).status, 504)
      client.socket.resume()
      const answer = await client.answer({ keep: false, patienceMs: 20_000 })
      assert.equal(answer.ending, 'clean')
      assert.equal(answer.message.bodyBytes, ALL)
    },
  },
  {
    rule: 73,
    level: 'must',
    name: 'slows a client down to the pace of a slow instance, and loses nothing',
    alone: true,
    patienceMs: 30_000,
    async run({ connect, path, upstream }) {
      upstream.keep = false
      upstream.respond((asked) => {
        asked.connection.socket.pause()
        void asked.whole().then(() => asked.write(ok('thanks')))
      })
      const client = await connect()
      client.send(request(`POST ${path('/x')} HTTP/1.1`, `Content-Length: ${ALL}`))
      pour(client.socket, ALL)
      const asked = await upstream.request()
      assert.ok((await standstillOf(client.socket)) < MOST_IN_FLIGHT)
      asked.connection.socket.resume()
      assert.equal((await client.answer({ patienceMs: 20_000 })).body, 'thanks')
      assert.equal(asked.message.bodyBytes, ALL)
    },
  },
]
