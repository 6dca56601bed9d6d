import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { ok, request, response } from '../rig/say.ts'
import { through } from '../rig/through.ts'
import type { Case } from '../rig/wire.ts'

const KNOWN =
  'GET HEAD POST PUT DELETE OPTIONS PATCH TRACE PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK SEARCH REPORT MKACTIVITY CHECKOUT MERGE M-SEARCH NOTIFY SUBSCRIBE UNSUBSCRIBE PURGE MKCALENDAR LINK UNLINK ACL BIND REBIND UNBIND SOURCE'
const UNKNOWN = ['BREW', 'get', 'Post', 'QUERY', 'X-odd.method']

const passed = KNOWN.split(' ').map(
  (method): Case => ({
    rule: 59,
    level: 'must',
    name: `passes ${method}`,
    async run(wire) {
      const client = await wire.connect()
      client.send(request(`${method} ${wire.path('/x')} HTTP/1.1`))
      const { status } = await client.answer({ toHead: method === 'HEAD' })
      const [asked] = wire.upstream.requests
      // A TRACE is better refused than echoed; some know no others than those of RFC 9110.
      if (!asked)
        assert.ok([405, 501].includes(status) && !'GET HEAD POST PUT DELETE OPTIONS'.includes(method), `${status}`)
      else assert.deepEqual([status, asked.method, asked.target], [200, method, '/x'])
    },
  }),
)

const odd = UNKNOWN.map(
  (method): Case => ({
    rule: 59,
    level: 'must',
    name: `passes the method ${method} as it is, or refuses it`,
    async run(wire) {
      const client = await wire.connect()
      const { status } = await client.send(request(`${method} ${wire.path('/x')} HTTP/1.1`)).answer()
      const [asked] = wire.upstream.requests
      if (asked) assert.equal(asked.method, method)
      else assert.ok([400, 405, 501].includes(status), `answered ${status}`)
    },
  }),
)

const TUNNELS: Readonly<Record<string, (address: string, path: string) => string>> = {
  'an address': (address) => request(`CONNECT ${address} HTTP/1.1`, `Host: ${address}`),
  'an address, and the gateway as its host': (address) => request(`CONNECT ${address} HTTP/1.1`),
  'a path of a service': (_, path) => request(`CONNECT ${path} HTTP/1.1`),
}

const tunnels = Object.entries(TUNNELS).map(
  ([what, bytes]): Case => ({
    rule: 60,
    level: 'must',
    name: `opens no tunnel for a CONNECT to ${what}`,
    malformed: true,
    async run(wire) {
      const decoy = createServer((socket) => void socket.on('error', () => undefined).end()).listen(0, '127.0.0.1')
      await once(decoy, 'listening')
      let connections = 0
      decoy.on('connection', () => connections++)
      const client = await wire.connect()
      const { port } = decoy.address() as AddressInfo
      client.send(bytes(`127.0.0.1:${port}`, wire.path('/x'))).send('TUNNELLED')
      // Closing is an answer, too.
      const answer = await client.answerOrEnd()
      assert.ok(!answer || answer.status >= 400, `answered ${answer?.status}`)
      await through(wire, { rest: '/alive' })
      decoy.close()
      assert.equal(connections, 0)
      assert.doesNotMatch(wire.upstream.received, /TUNNELLED|CONNECT/)
    },
  }),
)

const asterisk: Case = {
  rule: 60,
  level: 'must',
  name: 'answers OPTIONS *, and stays in step',
  async run(wire) {
    const client = await wire.connect()
    const answer = await client.send(request('OPTIONS * HTTP/1.1')).answer()
    assert.ok(answer.status < 500, `answered ${answer.status}`)
    // Whoever refuses it may close.
    if (answer.status < 400) {
      client.send(request(`GET ${wire.path('/x')} HTTP/1.1`))
      assert.equal((await client.answer()).body, 'ok')
    } else await through(wire)
  },
}

const CLASSES: Readonly<Record<string, readonly number[]>> = {
  '2xx': [200, 201, 202, 203, 206, 207, 208, 226, 299],
  '3xx': [300, 301, 302, 303, 305, 307, 308, 399],
  '4xx': [
    400, 401, 402, 403, 404, 405, 406, 407, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 426,
    428, 429, 431, 451, 499,
  ],
  '5xx': [500, 501, 502, 503, 504, 505, 507, 508, 511, 599],
}

const statuses = Object.entries(CLASSES).map(
  ([of, all]): Case => ({
    rule: 61,
    level: 'must',
    name: `passes status, reason, body and fields of every ${of}`,
    async run(wire) {
      for (const status of all) {
        const fields = [`X-Status: ${status}`, 'Location: /elsewhere', 'Content-Length: 4']
        wire.upstream.respond(response(`${status} Odd (${status})`, fields, 'body'))
        const client = await wire.connect()
        const answer = await client.send(request(`GET ${wire.path('/x')} HTTP/1.1`)).answer()
        assert.deepEqual([answer.status, answer.reason], [status, `Odd (${status})`])
        assert.deepEqual([answer.field('x-status'), answer.body], [String(status), 'body'])
      }
      assert.equal(wire.upstream.requests.length, all.length)
    },
  }),
)

const redirects: readonly Case[] = [
  {
    rule: 61,
    level: 'must',
    name: 'follows no redirect',
    async run(wire) {
      const self = `http://127.0.0.1:${wire.upstream.port}/followed`
      wire.upstream.respond(response('302 Found', [`Location: ${self}`, 'Content-Length: 0']), ok('followed'))
      const { answer } = await through(wire, { status: 302 })
      assert.deepEqual([answer.field('location'), wire.upstream.requests.length], [self, 1])
    },
  },
  {
    rule: 61,
    level: 'must',
    name: 'passes an empty reason',
    async run(wire) {
      wire.upstream.respond('HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok')
      const { answer } = await through(wire)
      assert.deepEqual([answer.reason, answer.body], ['', 'ok'])
    },
  },
]

export const cases: readonly Case[] = [...passed, ...odd, ...tunnels, asterisk, ...statuses, ...redirects]
