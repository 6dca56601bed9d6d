import assert from 'node:assert/strict'
import { taken } from '../../../support/taken.ts'
import { until } from '../../../support/until.ts'
import { pourAnswer } from '../rig/pour.ts'
import { ok, request, response } from '../rig/say.ts'
import type { UpstreamRequest } from '../rig/upstream.ts'
import type { Case, Wire } from '../rig/wire.ts'

const WITHIN_MS = 3000
const CHUNKED = 'Transfer-Encoding: chunked'

type Client = Awaited<ReturnType<Wire['connect']>>

/** Everything up to the moment in which the client goes. */
const PHASES: Readonly<Record<string, (wire: Wire, client: Client) => Promise<UpstreamRequest>>> = {
  async 'that waits'({ path, upstream }, client) {
    upstream.respond(() => undefined)
    client.send(request(`GET ${path('/x')} HTTP/1.1`))
    return upstream.request()
  },
  async 'that has sent a body and waits'({ path, upstream }, client) {
    upstream.respond(() => undefined)
    client.send(`${request(`POST ${path('/x')} HTTP/1.1`, 'Content-Length: 5')}hello`)
    const asked = await upstream.request()
    await asked.whole()
    return asked
  },
  async 'that uploads'({ path, upstream }, client) {
    upstream.respond(() => undefined)
    client.send(`${request(`POST ${path('/x')} HTTP/1.1`, CHUNKED)}5\r\nhello\r\n`)
    const asked = await upstream.request()
    await until('the body begins', () => asked.body === 'hello')
    return asked
  },
  async 'that listens to a silent stream'({ path, upstream }, client) {
    upstream.respond((asked) => asked.write(`${response('200 OK', [CHUNKED])}5\r\nhello\r\n`))
    client.send(request(`GET ${path('/x')} HTTP/1.1`))
    await client.sees('hello')
    return upstream.request()
  },
  async 'that downloads'({ path, upstream }, client) {
    upstream.keep = false
    upstream.respond((asked) => pourAnswer(asked, 1e9))
    client.send(request(`GET ${path('/x')} HTTP/1.1`))
    await until('the body flows', () => client.receivedBytes > 1_000_000)
    return upstream.request()
  },
}

const WAYS: Readonly<Record<string, (client: Client) => unknown>> = {
  closes: (client) => client.socket.destroy(),
  resets: (client) => client.reset(),
}

const gone = Object.entries(PHASES).flatMap(([who, until_]) =>
  Object.entries(WAYS).map(
    ([how, goes]): Case => ({
      rule: 71,
      level: 'must',
      name: `lets go of the instance when a client ${who} ${how}`,
      async run(wire) {
        const client = await wire.connect()
        const asked = await until_(wire, client)
        goes(client)
        await asked.connection.closed(WITHIN_MS)
      },
    }),
  ),
)

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`

export const cases: readonly Case[] = [
  ...gone,
  {
    rule: 71,
    level: 'should',
    name: 'gives its answer to a client that has closed its own side behind the request',
    async run({ connect, path, upstream }) {
      upstream.respond(() => undefined)
      const client = await connect()
      client.send(request(`GET ${path('/x')} HTTP/1.1`)).end()
      const asked = await upstream.request()
      await taken(client.socket)
      asked.write(ok('late'))
      assert.equal((await client.answer()).body, 'late')
      await client.closed()
    },
  },
  {
    rule: 71,
    level: 'should',
    name: 'gives the rest of its answer to a client that closes its own side in the midst of it',
    async run({ connect, path, upstream }) {
      upstream.respond((asked) => asked.write(response('200 OK', [CHUNKED]) + chunk('one')))
      const client = await connect()
      client.send(request(`GET ${path('/x')} HTTP/1.1`))
      await client.sees('one')
      client.end()
      const asked = await upstream.request()
      await taken(client.socket)
      asked.write(`${chunk('two')}0\r\n\r\n`)
      const { body, ending } = await client.answer()
      assert.equal(body, 'onetwo')
      assert.equal(ending, 'clean')
    },
  },
]
