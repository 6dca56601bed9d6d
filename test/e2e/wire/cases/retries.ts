import assert from 'node:assert/strict'
import { until } from '../../../support/until.ts'
import { chunked, ok, request } from '../rig/say.ts'
import type { Script, UpstreamRequest } from '../rig/upstream.ts'
import { type Case, KNOBS, type Wire } from '../rig/wire.ts'

const get = ({ path }: Wire) => request(`GET ${path('/x')} HTTP/1.1`)
const post = ({ path }: Wire, method = 'POST') =>
  `${request(`${method} ${path('/x')} HTTP/1.1`, 'Content-Length: 5')}hello`

const asked = ({ upstreams }: Wire): readonly UpstreamRequest[] => upstreams.flatMap(({ requests }) => requests)
const everybody = ({ upstreams }: Wire, script: Script) => {
  for (const upstream of upstreams) upstream.respond(script)
}

const BREAKS: Readonly<Record<string, Script>> = {
  resets: (request) => request.whole().then(() => request.reset()),
  closes: (request) => request.whole().then(() => request.end()),
  'breaks off within its head': (request) => request.whole().then(() => request.write('HTTP/1.1 200 OK\r\nX').end()),
  'sends no HTTP': (request) => request.whole().then(() => request.write('garbage\r\n\r\n').end()),
}

const once = Object.entries(BREAKS).flatMap(([what, script]) =>
  ['POST', 'PATCH'].map(
    (method): Case => ({
      rule: 84,
      level: 'must',
      name: `sends a ${method} once to an instance that ${what}`,
      instances: 2,
      async run(wire) {
        everybody(wire, script)
        const client = await wire.connect()
        const { status } = await client.send(post(wire, method)).answer()
        assert.deepEqual([status, asked(wire).length], [502, 1])
      },
    }),
  ),
)

const onceOnReuse: Case = {
  rule: 84,
  level: 'must',
  name: 'sends a POST once on a connection that served before, and breaks with the request received',
  async run(wire) {
    wire.upstream.respond(ok('first'), (request) => request.whole().then(() => request.reset()), ok('again'))
    // The same client: its requests have the same worker, and so the same kept connections.
    const client = await wire.connect()
    assert.equal((await client.send(get(wire)).answer()).body, 'first')
    // An end of the connection without an answer lets the client decide; HAProxy does that.
    const answer = await client.send(post(wire)).answerOrEnd()
    assert.ok(!answer || answer.status === 502, `answered ${answer?.status}`)
    assert.equal(wire.upstream.requests.length, 2)
  },
}

const idle = (['GET', 'POST'] as const).flatMap((method) =>
  ([false, true] as const).map(
    (reset): Case => ({
      rule: 85,
      level: 'must',
      name: `shows nothing of an idle connection that the instance has ${reset ? 'reset' : 'closed'} to a ${method}`,
      async run(wire) {
        const client = await wire.connect()
        for (let i = 1; i <= 3; i++) {
          assert.equal((await client.send(method === 'GET' ? get(wire) : post(wire)).answer()).status, 200)
          const { connection } = await wire.upstream.request(i)
          if (reset) connection.reset()
          else connection.socket.end()
          await connection.closed()
        }
        assert.equal(wire.upstream.requests.length, 3)
      },
    }),
  ),
)

const retried: readonly Case[] = [
  {
    rule: 86,
    level: 'should',
    name: 'sends a GET again when a reused connection dies',
    async run(wire) {
      wire.upstream.respond(ok('first'), (request) => request.reset(), ok('again'))
      const client = await wire.connect()
      assert.equal((await client.send(get(wire)).answer()).body, 'first')
      assert.equal((await client.send(get(wire)).answer()).body, 'again')
    },
  },
  ...(
    [
      ['break off', 502, (request) => request.reset()],
      ['are silent', 504, () => undefined],
    ] as const satisfies readonly (readonly [string, number, Script])[]
  ).map(
    ([what, expected, script]): Case => ({
      rule: 86,
      level: 'must',
      name: `makes a bounded number of attempts when all instances ${what}`,
      instances: 8,
      async run(wire) {
        everybody(wire, script)
        const client = await wire.connect()
        const { status } = await client.send(get(wire)).answer({ patienceMs: 6 * KNOBS.responseTimeoutMs })
        assert.equal(status, expected)
        assert.ok(asked(wire).length <= 5, `${asked(wire).length} attempts`)
      },
    }),
  ),
]

const never: readonly Case[] = [
  {
    rule: 87,
    level: 'must',
    name: 'sends nothing again of which a byte has been answered',
    instances: 2,
    async run(wire) {
      everybody(wire, (request) => request.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'))
      const client = await wire.connect()
      await client.send(get(wire)).sees('half')
      for (const request of asked(wire)) request.reset()
      const { ending, body } = await client.answer()
      assert.deepEqual([ending, body, asked(wire).length], ['cut', 'half', 1])
    },
  },
  {
    rule: 87,
    level: 'must',
    name: 'sends no body again that it does not have any more',
    instances: 2,
    async run(wire) {
      const body = 'x'.repeat(300_000)
      everybody(wire, async (request) => {
        await until('much of it has come', () => request.body.length > body.length / 2)
        request.reset()
      })
      const client = await wire.connect()
      client.send(request(`PUT ${wire.path('/x')} HTTP/1.1`, 'Transfer-Encoding: chunked') + chunked(body))
      await client.answerOrEnd()
      for (const each of asked(wire)) assert.ok(body.startsWith(each.body) && (!each.complete || each.body === body))
      if (asked(wire).length > 1) assert.equal(asked(wire).at(-1)!.body, body)
    },
  },
]

const elsewhere: readonly Case[] = [
  {
    rule: 88,
    level: 'should',
    name: 'asks another instance for a GET when one breaks off',
    instances: 2,
    async run(wire) {
      wire.upstreams[0]!.respond((request) => request.reset())
      for (let i = 0; i < 4; i++) {
        const client = await wire.connect()
        assert.equal((await client.send(get(wire)).answer()).status, 200)
      }
    },
  },
  ...['GET', 'POST'].map(
    (method): Case => ({
      rule: 88,
      level: 'should',
      name: `asks another instance for a ${method} when one refuses`,
      instances: 2,
      async run(wire) {
        wire.upstreams[0]!.refuse()
        for (let i = 0; i < 4; i++) {
          const client = await wire.connect()
          const { status } = await client.send(method === 'GET' ? get(wire) : post(wire)).answer()
          assert.equal(status, 200)
        }
        assert.equal(wire.upstreams[1]!.requests.length, 4)
      },
    }),
  ),
]

export const cases: readonly Case[] = [...once, onceOnReuse, ...idle, ...retried, ...never, ...elsewhere]
