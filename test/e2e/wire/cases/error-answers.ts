import assert from 'node:assert/strict'
import type { Answer } from '../rig/client.ts'
import { request, response } from '../rig/say.ts'
import type { Case, Wire } from '../rig/wire.ts'

const MARK = '<script>alert(1)</script>'

/** How to come to an answer of the gateway's own. */
const ERRORS: Readonly<
  Record<string, readonly [status: readonly number[], ask: (wire: Wire, method: string) => string]>
> = {
  'a route that is none': [[400, 404], (_, method) => request(`${method} /nowhere/${MARK}?${MARK} HTTP/1.1`)],
  'a service that is none': [[400, 404], (_, method) => request(`${method} /services/nobody/${MARK}?${MARK} HTTP/1.1`)],
  'a service with an odd name': [[400, 404], (_, method) => request(`${method} /services/${MARK}/ HTTP/1.1`)],
  'an instance that refuses': [
    [400, 502, 503],
    (wire, method) => {
      wire.upstream.refuse()
      return request(`${method} ${wire.path(`/x?${MARK}`)} HTTP/1.1`)
    },
  ],
  'an instance that breaks off': [
    [400, 502],
    (wire, method) => {
      wire.upstream.respond((asked) => asked.reset())
      return request(`${method} ${wire.path(`/x?${MARK}`)} HTTP/1.1`)
    },
  ],
  'an instance that sends no HTTP': [
    [400, 502],
    (wire, method) => {
      wire.upstream.respond((asked) => asked.write(`${MARK}\r\n\r\n`).end())
      return request(`${method} ${wire.path('/x')} HTTP/1.1`)
    },
  ],
  'an instance that is silent': [
    [400, 504],
    (wire, method) => {
      wire.upstream.respond(() => undefined)
      return request(`${method} ${wire.path(`/x?${MARK}`)} HTTP/1.1`)
    },
  ],
  'two hosts': [
    [400],
    (wire, method) => request(`${method} ${wire.path('/x')} HTTP/1.1`, 'Host: a.test', `Host: ${MARK}`),
  ],
  'no HTTP': [[400], () => `${MARK}\r\n\r\n`],
}

function assertDiscreet({ body, message }: Answer): void {
  assert.ok(!body.includes(MARK), 'shows the target as HTML')
  const all = message.rawHead + body
  assert.doesNotMatch(all, /127\.0\.0\.1|ECONN|EPIPE|node:|HPE_|\bat \S+ \(|\.[jt]s:\d/)
}

const answers = Object.entries(ERRORS).flatMap(([what, [statuses, ask]]) =>
  ['GET', 'HEAD'].map(
    (method): Case => ({
      rule: 114,
      level: 'must',
      name: `answers a ${method} well-framed and discreetly for ${what}`,
      async run(wire) {
        const client = await wire.connect()
        const answer = await client.send(ask(wire, method)).answer({ toHead: method === 'HEAD' && what !== 'no HTTP' })
        assert.ok(statuses.includes(answer.status), `answered ${answer.status}`)
        assert.equal(answer.ending, 'clean')
        assertDiscreet(answer)
        assert.ok(answer.message.all('date').length <= 1)
        // Nothing is left over that the next answer would begin with.
        client.send(request('GET /services/nobody/ HTTP/1.1'))
        const next = await client.answerOrEnd()
        if (next) assert.equal(next.status, 404)
      },
    }),
  ),
)

const grpc = (target: string) =>
  request(`POST ${target} HTTP/1.1`, 'Content-Type: application/grpc', 'TE: trailers', 'Content-Length: 5') +
  '\0\0\0\0\0'

const ofGrpc: readonly (readonly [what: string, status: string, ask: (wire: Wire) => string])[] = [
  ['UNIMPLEMENTED when nobody is there', '12', () => grpc('/services/nobody/a.B/C')],
  [
    'UNAVAILABLE when the instance refuses',
    '14',
    (wire) => {
      wire.upstream.refuse()
      return grpc(wire.path('/a.B/C'))
    },
  ],
  [
    'DEADLINE_EXCEEDED when the instance is silent',
    '4',
    (wire) => {
      wire.upstream.respond(() => undefined)
      return grpc(wire.path('/a.B/C'))
    },
  ],
]

export const cases: readonly Case[] = [
  ...answers,
  ...(['a route that is none', 'no HTTP'] as const).map(
    (what): Case => ({
      rule: 114,
      level: 'should',
      name: `tells when it answers ${what}, once`,
      async run(wire) {
        const answer = await (await wire.connect()).send(ERRORS[what]![1](wire, 'GET')).answer()
        assert.ok(Math.abs(Date.parse(answer.field('date') ?? '') - Date.now()) < 5000, `at ${answer.field('date')}`)
      },
    }),
  ),
  {
    rule: 115,
    level: 'should',
    name: 'marks its own 502 by a field that tells it from that of an instance',
    async run(wire) {
      wire.upstream.respond(response('502 Bad Gateway', ['Content-Length: 0']))
      const client = await wire.connect()
      const get = request(`GET ${wire.path('/x')} HTTP/1.1`)
      const passed = await client.send(get).answer()
      wire.upstream.respond((asked) => asked.reset())
      const own = await (await wire.connect()).send(get).answer()
      assert.deepEqual([passed.status, own.status], [502, 502])
      const marks = ({ message }: Answer) => message.fields.filter(([name]) => /error/i.test(name))
      assert.deepEqual([marks(passed).length, marks(own).length], [0, 1])
    },
  },
  ...ofGrpc.map(
    ([what, status, ask]): Case => ({
      rule: 116,
      level: 'should',
      name: `answers a call of gRPC ${what}`,
      async run(wire) {
        const answer = await (await wire.connect()).send(ask(wire)).answer()
        assert.deepEqual([answer.status, answer.field('grpc-status'), answer.body], [200, status, ''])
        assert.match(answer.field('content-type') ?? '', /^application\/grpc/)
        assert.match(answer.field('grpc-message') ?? '', /^[ -$&-~]*(%[0-9A-F]{2}[ -$&-~]*)*$/)
      },
    }),
  ),
]
