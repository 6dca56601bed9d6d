import assert from 'node:assert/strict'
import { alive, assertNothingWhole, targets } from '../rig/hostile.ts'
import { chunked, ok, request } from '../rig/say.ts'
import type { Case, Wire } from '../rig/wire.ts'

const smuggled = ({ path }: Wire) => request(`GET ${path('/smuggled')} HTTP/1.1`)

const FRAMINGS: Readonly<Record<string, (body: string) => readonly [field: string, bytes: string]>> = {
  'of told length': (body) => [`Content-Length: ${body.length}`, body],
  'in chunks': (body) => ['Transfer-Encoding: chunked', chunked(body)],
}

/** The body of a request that the gateway answers by itself is nobody's: neither an instance's, nor the next request. */
const unrouted = Object.entries(FRAMINGS).flatMap(([framing, framed]) =>
  ['GET', 'POST', 'DELETE'].map(
    (method): Case => ({
      rule: 17,
      level: 'must',
      name: `runs nothing of the body ${framing} of a ${method} that has no route`,
      async run(wire) {
        const [field, bytes] = framed(smuggled(wire))
        const client = await wire.connect()
        client.send(request(`${method} /nowhere HTTP/1.1`, field) + bytes)
        assert.ok((await client.answer()).status >= 400)
        client.send(request(`GET ${wire.path('/next')} HTTP/1.1`))
        const next = await client.answerOrEnd()
        if (next) assert.equal(next.body, 'ok')
        await alive(wire)
        assert.deepEqual(targets(wire), next ? ['/next'] : [])
      },
    }),
  ),
)

const early = Object.entries(FRAMINGS).map(
  ([framing, framed]): Case => ({
    rule: 17,
    level: 'must',
    name: `runs nothing of a body ${framing} that the instance does not wait for`,
    async run(wire) {
      wire.upstream.respond((asked) => asked.write(ok('early')), ok('next'))
      const [field, bytes] = framed(smuggled(wire))
      const client = await wire.connect()
      const [half, rest] = [bytes.slice(0, 10), bytes.slice(10)]
      client.send(request(`POST ${wire.path('/x')} HTTP/1.1`, field) + half)
      assert.equal((await client.answer()).body, 'early')
      client.send(rest + request(`GET ${wire.path('/next')} HTTP/1.1`))
      const next = await client.answerOrEnd()
      if (next) assert.equal(next.body, 'next')
      await alive(wire)
      assert.ok(!targets(wire).includes('/smuggled'))
    },
  }),
)

const heads: Readonly<Record<string, (wire: Wire) => string>> = {
  'that has no route': () => '/nowhere',
  'whose instance refuses the connection': (wire) => {
    wire.upstream.refuse()
    return wire.path('/x')
  },
  'whose instance talks nonsense': (wire) => {
    wire.upstream.respond('nonsense\r\n\r\n', 'nonsense\r\n\r\n', 'nonsense\r\n\r\n', 'nonsense\r\n\r\n', ok('next'))
    return wire.path('/x')
  },
}

const ownHeads = Object.entries(heads).map(
  ([what, targetOf]): Case => ({
    rule: 32,
    level: 'must',
    name: `sends no body in its own answer to a HEAD ${what}`,
    async run(wire) {
      const target = targetOf(wire)
      const client = await wire.connect()
      client.send(request(`HEAD ${target} HTTP/1.1`))
      const { status } = await client.answer({ toHead: true })
      assert.ok(status >= 400)
      client.send(request('GET /nowhere HTTP/1.1'))
      const next = await client.answerOrEnd()
      // A body would stand where the next answer begins.
      if (next) assert.ok(next.status >= 400)
      assert.equal(client.unread, '')
    },
  }),
)

const old: Case = {
  rule: 35,
  level: 'must',
  name: 'frames its own answers for a client of HTTP/1.0, and closes',
  async run(wire) {
    const client = await wire.connect()
    client.send('GET /nowhere HTTP/1.0\r\nHost: a\r\n\r\n')
    const answer = await client.answer()
    assert.ok(answer.status >= 400)
    assert.equal(answer.field('transfer-encoding'), undefined)
    await client.closed()
    await assertNothingWhole(wire)
  },
}

export const cases: readonly Case[] = [...unrouted, ...early, ...ownHeads, old]
