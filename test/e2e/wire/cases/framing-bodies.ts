import assert from 'node:assert/strict'
import { alive, targets } from '../rig/hostile.ts'
import { chunked, request } from '../rig/say.ts'
import type { Case } from '../rig/wire.ts'

const FRAMINGS = {
  length: [['Content-Length: 5'], 'hello'],
  chunks: [['Transfer-Encoding: chunked'], chunked('hel', 'lo')],
} as const

const METHODS = ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'POST', 'PUT', 'PATCH', 'SEARCH', 'REPORT']

/** A refusal of a body is as good, but for those methods that are made for one. */
const mayRefuse = (method: string) => !['POST', 'PUT', 'PATCH'].includes(method)

const framed = METHODS.flatMap((method) =>
  Object.entries(FRAMINGS).map(
    ([framing, [fields, body]]): Case => ({
      rule: 17,
      level: 'must',
      name: `frames the body of ${method} with ${framing} for the upstream${mayRefuse(method) ? ', or refuses it' : ''}`,
      async run(wire) {
        const client = await wire.connect()
        client.send(request(`${method} ${wire.path('/x')} HTTP/1.1`, ...fields) + body)
        const { status } = await client.answer({ toHead: method === 'HEAD' })
        const [asked] = wire.upstream.requests
        if (status < 400 || !mayRefuse(method)) {
          assert.equal(status, 200)
          assert.equal(asked?.method, method)
          assert.equal(asked.body, 'hello')
        } else assert.equal(asked, undefined)
        await alive(wire)
        assert.ok(targets(wire).length <= 1)
      },
    }),
  ),
)

const bodies = ['GET', 'DELETE', 'OPTIONS', 'PROPFIND'].map(
  (method): Case => ({
    rule: 17,
    level: 'must',
    name: `never lets the body of ${method} become a request, also on a kept connection`,
    async run(wire) {
      const smuggled = request('GET /smuggled HTTP/1.1')
      const client = await wire.connect()
      for (const [fields, body] of [
        [[`Content-Length: ${smuggled.length}`], smuggled],
        [['Transfer-Encoding: chunked'], chunked(smuggled)],
      ] as const) {
        client.send(request(`${method} ${wire.path('/x')} HTTP/1.1`, ...fields) + body)
        if ((await client.answer()).status !== 200) return alive(wire)
        client.send(request(`GET ${wire.path('/next')} HTTP/1.1`))
        assert.equal((await client.answer()).status, 200)
      }
      assert.deepEqual(targets(wire), ['/x', '/next', '/x', '/next'])
    },
  }),
)

const NOMINATED = [
  'content-length',
  'transfer-encoding',
  'host',
  'Content-Length, Transfer-Encoding, Host',
  'close, content-length',
  'keep-alive, HOST',
  'TRANSFER-ENCODING',
  'Content-Length\r\nConnection: Transfer-Encoding',
]

const nominated = NOMINATED.flatMap((names) =>
  Object.entries(FRAMINGS).map(
    ([framing, [fields, body]]): Case => ({
      rule: 18,
      level: 'must',
      name: `keeps Host and framing with ${framing} though Connection names ${names.replace(/\r\n.*: /, ' and ')}`,
      async run(wire) {
        const client = await wire.connect()
        client.send(request(`POST ${wire.path('/x')} HTTP/1.1`, `Connection: ${names}`, ...fields) + body)
        assert.equal((await client.answer()).status, 200)
        const [asked] = wire.upstream.requests
        assert.equal(asked!.body, 'hello')
        assert.equal(asked!.all('host').length, 1)
        assert.notEqual(asked!.field('host'), '')
      },
    }),
  ),
)

export const cases: readonly Case[] = [...framed, ...bodies, ...nominated]
