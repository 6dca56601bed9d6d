import assert from 'node:assert/strict'
import { taken } from '../../../support/taken.ts'
import { answered, assertInStep } from '../rig/answers.ts'
import { chunked, ok, request, response } from '../rig/say.ts'
import type { Case } from '../rig/wire.ts'

const BODIES: Readonly<Record<string, readonly [method: string, head: string, body: string]>> = {
  'HEAD, by its length': ['HEAD', response('200 OK', ['Content-Length: 5']), 'hello'],
  'HEAD, in chunks': ['HEAD', response('200 OK', ['Transfer-Encoding: chunked']), chunked('hello')],
  'HEAD, an answer': ['HEAD', response('200 OK', ['Content-Length: 5']), ok('evil')],
  'HEAD with an error': ['HEAD', response('404 Not Found', ['Content-Length: 5']), 'hello'],
  'a 204': ['GET', response('204 No Content'), 'hello'],
  'a 204 with a length': ['GET', response('204 No Content', ['Content-Length: 5']), 'hello'],
  'a 204 in chunks': ['GET', response('204 No Content', ['Transfer-Encoding: chunked']), chunked('hello')],
  'a 204, an answer': ['GET', response('204 No Content'), ok('evil')],
  'a 304': ['GET', response('304 Not Modified', ['ETag: "x"']), 'hello'],
  'a 304 with a length': ['GET', response('304 Not Modified', ['Content-Length: 5']), 'hello'],
  'a 304 in chunks': ['GET', response('304 Not Modified', ['Transfer-Encoding: chunked']), chunked('hello')],
  'a 304, an answer': ['GET', response('304 Not Modified'), ok('evil')],
}

const dropped = Object.entries(BODIES).flatMap(([what, [method, head, body]]) =>
  (['at once', 'later'] as const).map(
    (when): Case => ({
      rule: 32,
      level: 'must',
      name: `drops the body of ${what}, that comes ${when}, and stays in step`,
      async run(wire) {
        const first = when === 'at once' ? head + body : head
        const [answer, client] = await answered(wire, (asked) => asked.write(first), { method })
        assert.ok([200, 204, 304, 404].includes(answer.status))
        assert.equal(answer.body, '')
        if (when === 'later') await taken(wire.upstream.requests[0]!.write(body).connection.socket)
        await assertInStep(wire, client)
      },
    }),
  ),
)

const WITHOUT: Readonly<Record<string, readonly [method: string, head: string]>> = {
  'HEAD with a length': ['HEAD', response('200 OK', ['Content-Length: 50'])],
  'HEAD in chunks': ['HEAD', response('200 OK', ['Transfer-Encoding: chunked'])],
  'HEAD with neither': ['HEAD', response('200 OK')],
  'a 204': ['GET', response('204 No Content')],
  'a 304 with a length': ['GET', response('304 Not Modified', ['Content-Length: 50'])],
  'a 304 in chunks': ['GET', response('304 Not Modified', ['Transfer-Encoding: chunked'])],
  'a 304 with neither': ['GET', response('304 Not Modified')],
}

const waited = Object.entries(WITHOUT).map(
  ([what, [method, head]]): Case => ({
    rule: 32,
    level: 'must',
    name: `waits for no body of ${what}, and stays in step`,
    async run(wire) {
      const [answer, client] = await answered(wire, head, { method })
      assert.ok([200, 204, 304].includes(answer.status))
      assert.equal(answer.ending, 'clean')
      await assertInStep(wire, client)
    },
  }),
)

const FRAMED: Readonly<Record<string, string>> = {
  'Content-Length: 0': response('204 No Content', ['Content-Length: 0']),
  'Transfer-Encoding and a last chunk': response('204 No Content', ['Transfer-Encoding: chunked'], chunked()),
  'Transfer-Encoding and nothing': response('204 No Content', ['Transfer-Encoding: chunked']),
  'Content-Length: 5 and nothing': response('204 No Content', ['Content-Length: 5']),
}

// The client takes no 204 or 1xx that tells a length.
const framed = Object.entries(FRAMED).map(
  ([what, bytes]): Case => ({
    rule: 33,
    level: 'must',
    name: `tells no length of a 204 that comes with ${what}`,
    async run(wire) {
      const [answer, client] = await answered(wire, bytes)
      assert.equal(answer.status, 204)
      await assertInStep(wire, client)
    },
  }),
)

const interim = ['Content-Length: 5', 'Transfer-Encoding: chunked'].map(
  (field): Case => ({
    rule: 33,
    level: 'must',
    name: `tells no length of a 103 that comes with ${field} (it may be dropped, or be a 502)`,
    async run(wire) {
      const hints = response('103 Early Hints', ['Link: </x>', field])
      const [{ status, body }, client] = await answered(wire, hints + ok('final'))
      if (status !== 502) assert.deepEqual([status, body], [200, 'final'])
      await assertInStep(wire, client)
    },
  }),
)

const heads: readonly Case[] = ['0', '5', '1000000'].map((length) => ({
  rule: 33,
  level: 'should',
  name: `keeps Content-Length: ${length} in an answer to HEAD`,
  async run(wire) {
    const [answer] = await answered(wire, response('200 OK', [`Content-Length: ${length}`]), { method: 'HEAD' })
    assert.equal(answer.field('content-length'), length)
  },
}))

const invented: Case = {
  rule: 33,
  level: 'should',
  name: 'invents no length in an answer to HEAD that tells none',
  async run(wire) {
    wire.upstream.respond(response('200 OK', ['ETag: "x"']))
    const client = await wire.connect()
    const answer = await client.send(request(`HEAD ${wire.path('/x')} HTTP/1.1`)).answer({ toHead: true })
    assert.equal(answer.field('content-length'), undefined)
    assert.equal(answer.field('etag'), '"x"')
  },
}

export const cases: readonly Case[] = [...dropped, ...waited, ...framed, ...interim, ...heads, invented]
