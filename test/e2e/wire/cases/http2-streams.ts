import assert from 'node:assert/strict'
import { request } from '../../../support/http2-client.ts'
import { data, END_HEADERS, END_STREAM, FRAME, frame, headers, reset, uint32 } from '../../../support/http2-frames.ts'
import { type Code, ERROR, failsStream, http2, http2Case, serves } from '../rig/http2.ts'
import { OK } from '../rig/upstream.ts'
import type { Case } from '../rig/wire.ts'

/** What h2spec looks at in RFC 9113 5.1 and 8: streams, and what may come on them in which state. */
const WHOLE = END_HEADERS | END_STREAM

type Say = (path: string) => readonly Buffer[]

const head = (path: string, flags: number) => headers(1, request(path), flags)
/** The request is complete, its answer is not there yet. */
const halfClosed: Say = (path) => [head(path, WHOLE)]
const wasReset: Say = (path) => [head(path, END_HEADERS), reset(1, ERROR.cancel)]
const open: Say = (path) => [head(path, END_HEADERS)]

/** Errors of stream 1, or of the connection, by section: what is said, and the codes that fit. */
const errors: Readonly<Record<string, readonly [Say, ...Code[]]>> = {
  '5.1: DATA on a stream that is idle': [() => [data(1, 'x')], 'protocol', 'closed'],
  '5.1: WINDOW_UPDATE of a stream that is idle': [() => [frame(FRAME.window, 0, 1, uint32(1))], 'protocol'],
  '5.1: DATA behind the end of a request': [(path) => [...halfClosed(path), data(1, 'x')], 'closed'],
  '5.1: a head behind the end of a request': [(path) => [...halfClosed(path), head(path, WHOLE)], 'closed', 'protocol'],
  '5.1: CONTINUATION behind the end of a request': [
    (path) => [...halfClosed(path), frame(FRAME.continuation, END_HEADERS, 1)],
    'closed',
    'protocol',
  ],
  '5.1: CONTINUATION on a stream that was reset': [
    (path) => [...wasReset(path), frame(FRAME.continuation, END_HEADERS, 1)],
    'closed',
    'protocol',
  ],
  '6.9: WINDOW_UPDATE of a stream by nothing': [
    (path) => [...open(path), frame(FRAME.window, 0, 1, uint32(0))],
    'protocol',
  ],
  '6.9.1: the window of a stream that grows over its limit': [
    (path) => [...open(path), frame(FRAME.window, 0, 1, uint32(2 ** 31 - 1))],
    'flow',
  ],
  '8.1: a second head that is not the end': [(path) => [...open(path), head(path, END_HEADERS)], 'protocol'],
  '8.1: trailers that are not the end': [
    (path) => [...open(path), data(1, 'x'), headers(1, ['x-a', '1'], END_HEADERS)],
    'protocol',
  ],
  '8.3: pseudo-header fields in trailers': [
    (path) => [...open(path), data(1, 'x'), headers(1, [':method', 'GET'], WHOLE)],
    'protocol',
  ],
  '8.3.1: no method': [() => [headers(1, [':scheme', 'http', ':path', '/', ':authority', 'a'], WHOLE)], 'protocol'],
  '8.3.1: no scheme': [() => [headers(1, [':method', 'GET', ':path', '/', ':authority', 'a'], WHOLE)], 'protocol'],
  '8.3.1: no path': [() => [headers(1, [':method', 'GET', ':scheme', 'http', ':authority', 'a'], WHOLE)], 'protocol'],
  '8.3.1: an empty path': [
    () => [headers(1, [':method', 'GET', ':scheme', 'http', ':path', '', ':authority', 'a'], WHOLE)],
    'protocol',
  ],
  '8.3: two paths': [(path) => [headers(1, [':path', '/', ...request(path)], WHOLE)], 'protocol'],
  '8.3: a pseudo-header field behind others': [
    (path) => [headers(1, ['x-a', '1', ...request(path)], WHOLE)],
    'protocol',
  ],
  '8.3: a pseudo-header field that is unknown': [
    (path) => [headers(1, [':x', '1', ...request(path)], WHOLE)],
    'protocol',
  ],
  '8.3: a pseudo-header field of answers': [
    (path) => [headers(1, [':status', '200', ...request(path)], WHOLE)],
    'protocol',
  ],
}

const failing = Object.entries(errors).map(
  ([what, [say, ...codes]]): Case =>
    http2Case(106, 'should', `takes for an error of the stream ${what}`, async (wire) => {
      wire.upstream.respond(({ complete }) => complete)
      const client = await http2(wire)
      client.write(...say(wire.path('/x')))
      await failsStream(client, 1, codes)
    }),
)

/** RFC 9113 5.1: what a client has sent before it has heard of the end. */
const late = [
  ['WINDOW_UPDATE', frame(FRAME.window, 0, 1, uint32(1))],
  ['a reset', reset(1, ERROR.cancel)],
  ['PRIORITY', frame(FRAME.priority, 0, 1, Buffer.from([0, 0, 0, 3, 16]))],
] as const

const passing = late.map(([name, bytes]) =>
  http2Case(106, 'should', `passes over ${name} that comes when the answer is complete`, async (wire) => {
    wire.upstream.respond(OK)
    const client = await http2(wire)
    await client.ask(1, wire.path('/x')).outcome(1)
    client.write(bytes)
    await serves(client)
  }),
)

/** RFC 9113 5.1 and 5.1.1 call it an error of the connection; nghttp2 passes over it. What counts is that nobody is asked. */
const gone: Readonly<Record<string, Say>> = {
  'a head on a stream that was reset': (path) => [headers(3, request(path), END_HEADERS), reset(3, ERROR.cancel)],
  'a stream with a lower number': (path) => [headers(5, request(path), WHOLE)],
}

const unserved = Object.entries(gone).map(
  ([what, say]): Case =>
    http2Case(106, 'should', `asks nobody for ${what}`, async (wire) => {
      wire.upstream.respond(OK)
      const client = await http2(wire)
      client.write(...say(wire.path('/first')), headers(3, request(wire.path('/late')), WHOLE))
      await serves(client).catch(() => client.closed())
      assert.ok(wire.upstream.requests.every(({ target }) => target !== '/late'))
    }),
)

export const cases = [...failing, ...passing, ...unserved]
