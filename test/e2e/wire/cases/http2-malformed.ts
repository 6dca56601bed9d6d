import assert from 'node:assert/strict'
import { data, END_HEADERS, END_STREAM, headers } from '../../../support/http2-frames.ts'
import { alive, targets } from '../rig/hostile.ts'
import { http2, http2Case } from '../rig/http2.ts'
import type { Case, Wire } from '../rig/wire.ts'

const head = (wire: Wire, method = 'GET') => [
  ...[':method', method, ':scheme', 'http', ':path', wire.path('/x'), ':authority', 'gateway.test'],
]

/** Nothing whole comes upstream; the stream is refused, reset, or goes with its connection; the gateway is well. */
async function refuses(wire: Wire, fields: readonly string[], ...body: readonly Buffer[]): Promise<void> {
  const client = await http2(wire)
  client.write(headers(1, fields, body.length > 0 ? END_HEADERS : END_HEADERS | END_STREAM), ...body)
  assert.notEqual(await client.outcome(1).catch(() => 'closed'), '200')
  await alive(wire)
  assert.deepEqual(targets(wire), [])
}

const CONNECTION_FIELDS: readonly (readonly [string, string])[] = [
  ['connection', 'keep-alive, x'],
  ['transfer-encoding', 'identity'],
  ['te', 'trailers, gzip'],
]

const connectionFields = CONNECTION_FIELDS.map(([name, value]) =>
  http2Case(99, 'must', `refuses ${name}: ${value}`, (wire) => refuses(wire, [...head(wire), name, value])),
)

const ODD_PSEUDO: Readonly<Record<string, readonly [name: string, value: string]>> = {
  'a path that holds a request': [':path', '#/x HTTP/1.1\r\nHost: a\r\n\r\nGET /smuggled'],
  'a path with LF': [':path', '#/x\ny'],
  'a path with NUL': [':path', '#/x\0'],
  'no path': [':path', ''],
  'a path without a slash': [':path', 'x'],
  'no method': [':method', ''],
  'an authority with a path': [':authority', 'a/b'],
  'an authority with userinfo': [':authority', 'user@a'],
}

const oddPseudo = Object.entries(ODD_PSEUDO).map(([what, [name, value]]) =>
  http2Case(100, 'must', `refuses a request of HTTP/2 with ${what}`, (wire) => {
    const fields = head(wire)
    fields[fields.indexOf(name) + 1] = value.replace('#', wire.path(''))
    return refuses(wire, fields)
  }),
)

const SECTIONS: Readonly<Record<string, (fields: string[]) => readonly string[]>> = {
  'without :method': (fields) => fields.slice(2),
  'without :path': (fields) => fields.filter((_, at) => at !== 4 && at !== 5),
  'without :scheme': (fields) => fields.filter((_, at) => at !== 2 && at !== 3),
  'with two :path': (fields) => [...fields, ':path', fields[5]!],
  'with two :method': (fields) => [':method', 'GET', ...fields],
  'with a pseudo-header field behind others': (fields) => ['x', 'y', ...fields],
  'with an unknown pseudo-header field': (fields) => [...fields, ':x', 'y'],
  'with :status': (fields) => [...fields, ':status', '200'],
}

const sections = Object.entries(SECTIONS).map(([what, change]) =>
  http2Case(100, 'must', `refuses a request of HTTP/2 ${what}`, (wire) => refuses(wire, change(head(wire)))),
)

const LENGTHS: Readonly<Record<string, readonly [length: readonly string[], ...body: readonly Buffer[]]>> = {
  'more data than it tells': [['5'], data(1, 'hello world', END_STREAM)],
  'fewer data than it tells': [['50'], data(1, 'hello', END_STREAM)],
  'no data where it tells some': [['5'], data(1, '', END_STREAM)],
  'data where it tells none': [['0'], data(1, 'hello', END_STREAM)],
  'more data in several frames': [['5'], data(1, 'hel'), data(1, 'lo!'), data(1, '', END_STREAM)],
  'two different lengths': [['5', '6'], data(1, 'hello', END_STREAM)],
  'a length that is none': [['5x'], data(1, 'hello', END_STREAM)],
  'a negative length': [['-5'], data(1, 'hello', END_STREAM)],
}

const lengths = Object.entries(LENGTHS).map(([what, [told, ...body]]) =>
  http2Case(101, 'must', `never completes a request of HTTP/2 with ${what}`, (wire) => {
    const fields = told.flatMap((length) => ['content-length', length])
    return refuses(wire, [...head(wire, 'POST'), ...fields], ...body)
  }),
)

const headOnly = http2Case(
  101,
  'must',
  'never completes a request that tells a length and ends with its head',
  (wire) => refuses(wire, [...head(wire, 'POST'), 'content-length', '5']),
)

export const cases: readonly Case[] = [...connectionFields, ...oddPseudo, ...sections, ...lengths, headOnly]
