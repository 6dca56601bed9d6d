import assert from 'node:assert/strict'
import { pourAnswer } from '../rig/pour.ts'
import { request, response } from '../rig/say.ts'
import type { Case } from '../rig/wire.ts'

/** What ends a connection by TLS is another thing: here is seen that it ends, all the same. */

const HALVES = {
  length: [['Content-Length: 10'], 'hello'],
  chunks: [['Transfer-Encoding: chunked'], '5\r\nhello\r\n'],
} as const

const halves = Object.entries(HALVES).map(
  ([framing, [fields, half]]): Case => ({
    rule: 30,
    level: 'must',
    name: `cuts off a client by TLS when the instance breaks off in a body with ${framing}`,
    needs: ['tls'],
    async run({ connectTls, path, upstream }) {
      upstream.respond((asked) => asked.write(response('200 OK', fields, half)))
      const client = await connectTls({ ALPNProtocols: ['http/1.1'] })
      client.send(request(`GET ${path('/x')} HTTP/1.1`))
      await client.sees('hello')
      ;(await upstream.request()).reset()
      assert.equal((await client.answer()).ending, 'cut')
    },
  }),
)

export const cases: readonly Case[] = [
  ...halves,
  {
    rule: 93,
    level: 'should',
    name: 'cuts off a client by TLS that takes nothing of an answer, and lets go of the instance',
    needs: ['tls'],
    async run({ connectTls, path, upstream }) {
      upstream.respond((asked) => pourAnswer(asked, 1e9))
      const client = await connectTls({ ALPNProtocols: ['http/1.1'] })
      client.socket.pause()
      client.send(request(`GET ${path('/x')} HTTP/1.1`))
      await (await upstream.connection()).closed()
    },
  },
  {
    rule: 71,
    level: 'must',
    name: 'lets go of the instance when a client by TLS that waits closes',
    needs: ['tls'],
    async run({ connectTls, path, upstream }) {
      upstream.respond(() => undefined)
      const client = await connectTls({ ALPNProtocols: ['http/1.1'] })
      client.send(request(`GET ${path('/x')} HTTP/1.1`))
      const asked = await upstream.request()
      client.socket.destroy()
      await asked.connection.closed(3000)
    },
  },
]
