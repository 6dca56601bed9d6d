import assert from 'node:assert/strict'
import { request } from '../../../support/http2-client.ts'
import { data, END_HEADERS, END_STREAM, headers, reset } from '../../../support/http2-frames.ts'
import { until } from '../../../support/until.ts'
import { ERROR, failsStream, http2, http2Case } from '../rig/http2.ts'
import { OK } from '../rig/upstream.ts'
import type { Case, Wire } from '../rig/wire.ts'

const WHOLE = END_HEADERS | END_STREAM

/** Refused in any way that HTTP/2 has, and nothing of it reaches the instance. */
const refused = (rule: number, name: string, fields: (path: string) => readonly string[]): Case =>
  http2Case(rule, 'must', name, async (wire) => {
    wire.upstream.respond(OK)
    const client = await http2(wire)
    client.write(headers(1, fields(wire.path('/x')), WHOLE))
    await isRefused(client)
    assert.deepEqual(wire.upstream.requests, [])
  })

async function isRefused(client: Awaited<ReturnType<typeof http2>>): Promise<void> {
  const outcome = await client.outcome(1).catch(() => 'closed')
  assert.match(outcome, /^(400|reset 1|closed)$/)
}

/** Refused, or left out; served without it. */
const neverForwarded = (name: string, ...field: readonly [string, string]): Case =>
  http2Case(100, 'must', `forwards no field with ${name}`, async (wire) => {
    wire.upstream.respond(OK)
    const client = await http2(wire)
    const outcome = await client
      .write(headers(1, request(wire.path('/x'), ...field), WHOLE))
      .outcome(1)
      .catch(() => 'closed')
    assert.match(outcome, /^(200|400|reset 1|closed)$/)
    for (const { message } of wire.upstream.requests) {
      for (const [name, value] of message.fields) assert.doesNotMatch(`${name}:${value}`, /x-bad|smuggled|x bad/i)
    }
  })

const changed = (name: string, value: string) => (path: string) => {
  const fields = request(path)
  fields[fields.indexOf(name) + 1] = value
  return fields
}

const aboutTheConnection = Object.entries({
  connection: 'x-a',
  'keep-alive': 'timeout=5',
  'proxy-connection': 'close',
  'transfer-encoding': 'chunked',
  upgrade: 'websocket',
  te: 'deflate',
}).map(([name, value]) =>
  refused(99, `takes a request with ${name}: ${value} for malformed`, (path) => request(path, name, value)),
)

const misspelt = [
  refused(100, 'takes an upper-case name for malformed', (path) => request(path, 'X-A', '1')),
  neverForwarded('a line end in its value', 'x-bad', 'a\r\nsmuggled: 1'),
  neverForwarded('a line feed in its value', 'x-bad', 'a\nsmuggled: 1'),
  neverForwarded('NUL in its value', 'x-bad', 'a\0b'),
  neverForwarded('a line end in its name', 'x-bad\r\nsmuggled', '1'),
  neverForwarded('a space in its name', 'x bad', '1'),
  neverForwarded('a colon in its name', 'x-bad:a', '1'),
  refused(100, 'takes a path with a space for malformed', (path) => changed(':path', `${path} HTTP/1.1`)(path)),
  refused(100, 'takes a path with a line end for malformed', (path) =>
    changed(':path', `${path}\r\nsmuggled: 1`)(path),
  ),
  refused(100, 'takes an authority with a space for malformed', changed(':authority', 'a b')),
  refused(100, 'takes an authority with a line end for malformed', changed(':authority', 'a\r\nsmuggled: 1')),
  refused(100, 'takes a method with a space for malformed', changed(':method', 'GET / HTTP/1.1')),
  refused(100, 'takes a method with a line end for malformed', changed(':method', 'GET\r\nsmuggled: 1')),
]

const lengths = (['abc', 'abcdefgh'] as const).map((body) =>
  http2Case(
    101,
    'must',
    `resets a body of ${body.length} bytes where 5 were told, which no instance takes for whole`,
    async (wire) => {
      wire.upstream.respond(({ whole }) => whole)
      const client = await http2(wire)
      client
        .ask(1, wire.path('/x'), { flags: END_HEADERS, fields: ['content-length', '5'] })
        .write(data(1, body, END_STREAM))
      await failsStream(client, 1, ['protocol'])
      for (const { complete } of wire.upstream.requests) assert.equal(complete, false)
    },
  ),
)

async function hostOf(wire: Wire, ...fields: readonly string[]): Promise<string | undefined> {
  wire.upstream.respond(OK)
  const client = await http2(wire)
  const outcome = await client.write(headers(1, request(wire.path('/x'), ...fields), WHOLE)).outcome(1)
  if (outcome !== '200') {
    assert.match(outcome, /^(400|reset 1)$/)
    assert.deepEqual(wire.upstream.requests, [])
    return undefined
  }
  const hosts = (await wire.upstream.request()).all('host')
  assert.equal(hosts.length, 1)
  return hosts[0]
}

const hosts = [
  http2Case(102, 'must', 'takes the authority for the Host', async (wire) => assert.ok(await hostOf(wire))),
  // RFC 9113 8.3.1: malformed, or the authority wins.
  http2Case(102, 'must', 'never takes a Host that is not what the authority says', async (wire) =>
    assert.notEqual(await hostOf(wire, 'host', 'other.test'), 'other.test'),
  ),
]

const cookies = http2Case(103, 'must', 'joins the crumbs of a cookie', async (wire) => {
  wire.upstream.respond(OK)
  const client = await http2(wire)
  client.ask(1, wire.path('/x'), { fields: ['cookie', 'a=1', 'cookie', 'b=2', 'cookie', 'c=3'] })
  assert.equal(await client.outcome(1), '200')
  assert.deepEqual((await wire.upstream.request()).all('cookie'), ['a=1; b=2; c=3'])
})

const resets = http2Case(104, 'must', 'calls off the request that a client resets, and no other', async (wire) => {
  wire.upstream.respond(() => undefined)
  const client = await http2(wire)
  client.ask(1, wire.path('/1'))
  const first = await wire.upstream.request()
  client.ask(3, wire.path('/3'))
  const second = await until('the second request', () => wire.upstream.requests[1])
  client.write(reset(1, ERROR.cancel))
  await until('the instance hears of it', () => first.connection.ended, 3000)
  second.write(OK)
  assert.equal(await client.outcome(3), '200')
})

export const cases = [...aboutTheConnection, ...misspelt, ...lengths, ...hosts, cookies, resets]
