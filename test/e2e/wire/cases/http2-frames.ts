import assert from 'node:assert/strict'
import { Http2Client, request } from '../../../support/http2-client.ts'
import {
  block,
  data,
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  headers,
  settings,
  uint32,
} from '../../../support/http2-frames.ts'
import { until } from '../../../support/until.ts'
import { type Code, failsConnection, http2, http2Case, serves } from '../rig/http2.ts'
import { ok } from '../rig/say.ts'
import { OK } from '../rig/upstream.ts'
import type { Case } from '../rig/wire.ts'

/** What h2spec looks at in RFC 9113 3.4, 4, 5.4, 5.5 and 6, but for the states of streams and header compression. */
type Say = (path: string) => readonly Buffer[]

const WHOLE = END_HEADERS | END_STREAM
const PAD = 8
const LONGEST = 16_384
const ask = (path: string, flags = WHOLE) => headers(1, request(path), flags)

/** Errors of the connection, by section: what is said, and the codes that fit. */
const errors: Readonly<Record<string, readonly [Say, ...Code[]]>> = {
  '4.2: a head larger than a frame may be': [
    (path) => [frame(FRAME.headers, WHOLE, 1, Buffer.concat([block(request(path)), Buffer.alloc(LONGEST)]))],
    'size',
  ],
  '4.3: another frame within a head': [
    (path) => [ask(path, END_STREAM), frame(FRAME.priority, 0, 1, Buffer.alloc(5))],
    'protocol',
  ],
  '4.3: the head of another stream within a head': [
    (path) => [ask(path, END_STREAM), headers(3, request(path), WHOLE)],
    'protocol',
  ],
  '5.1.1: a stream with an even number': [(path) => [headers(2, request(path), WHOLE)], 'protocol'],
  '5.5: an unknown frame within a head': [(path) => [ask(path, END_STREAM), frame(77, 0, 1)], 'protocol'],
  '6.1: DATA on no stream': [() => [data(0, 'x')], 'protocol'],
  '6.1: more padding than DATA': [
    (path) => [ask(path, END_HEADERS), frame(FRAME.data, PAD | END_STREAM, 1, Buffer.from([9, 1]))],
    'protocol',
  ],
  '6.2: a head on no stream': [(path) => [headers(0, request(path), WHOLE)], 'protocol'],
  '6.2: more padding than a head': [() => [frame(FRAME.headers, WHOLE | PAD, 1, Buffer.from([9, 0x82]))], 'protocol'],
  '6.3: PRIORITY on no stream': [() => [frame(FRAME.priority, 0, 0, Buffer.alloc(5))], 'protocol'],
  '6.4: a reset of no stream': [() => [frame(FRAME.reset, 0, 0, uint32(8))], 'protocol'],
  '6.4: a reset of a stream that is idle': [() => [frame(FRAME.reset, 0, 1, uint32(8))], 'protocol'],
  '6.4: a reset of another length': [
    (path) => [ask(path, END_HEADERS), frame(FRAME.reset, 0, 1, Buffer.alloc(3))],
    'size',
  ],
  '6.5: SETTINGS on a stream': [() => [frame(FRAME.settings, 0, 1)], 'protocol'],
  '6.5: an acknowledgement with settings': [() => [frame(FRAME.settings, 1, 0, Buffer.alloc(6))], 'size'],
  '6.5: SETTINGS of another length': [() => [frame(FRAME.settings, 0, 0, Buffer.alloc(3))], 'size'],
  '6.5.2: ENABLE_PUSH of 2': [() => [settings({ 2: 2 })], 'protocol'],
  '6.5.2: a window over its limit': [() => [settings({ 4: 2 ** 31 })], 'flow'],
  '6.5.2: frames under their limit': [() => [settings({ 5: LONGEST - 1 })], 'protocol'],
  '6.5.2: frames over their limit': [() => [settings({ 5: 2 ** 24 })], 'protocol'],
  '6.6: PUSH_PROMISE of a client': [
    (path) => [
      ask(path, END_HEADERS),
      frame(FRAME.push, END_HEADERS, 1, Buffer.concat([uint32(2), block(request(path))])),
    ],
    'protocol',
  ],
  '6.7: PING on a stream': [() => [frame(FRAME.ping, 0, 1, Buffer.alloc(8))], 'protocol'],
  '6.7: PING of another length': [() => [frame(FRAME.ping, 0, 0, Buffer.alloc(6))], 'size'],
  '6.8: GOAWAY on a stream': [() => [frame(FRAME.goaway, 0, 1, Buffer.alloc(8))], 'protocol'],
  '6.9: WINDOW_UPDATE by nothing': [() => [frame(FRAME.window, 0, 0, uint32(0))], 'protocol'],
  '6.9: WINDOW_UPDATE of another length': [() => [frame(FRAME.window, 0, 0, Buffer.alloc(3))], 'size'],
  '6.9.1: a window that grows over its limit': [() => [frame(FRAME.window, 0, 0, uint32(2 ** 31 - 1))], 'flow'],
  '6.10: CONTINUATION of nothing': [() => [frame(FRAME.continuation, END_HEADERS, 1)], 'protocol'],
  '6.10: CONTINUATION on no stream': [
    (path) => [ask(path, END_STREAM), frame(FRAME.continuation, END_HEADERS, 0)],
    'protocol',
  ],
  '6.10: CONTINUATION behind a whole head': [
    (path) => [ask(path, END_HEADERS), frame(FRAME.continuation, END_HEADERS, 1)],
    'protocol',
  ],
  '6.10: CONTINUATION behind the end of a head': [
    (path) => [ask(path, 0), frame(FRAME.continuation, END_HEADERS, 1), frame(FRAME.continuation, END_HEADERS, 1)],
    'protocol',
  ],
  '6.10: CONTINUATION behind DATA': [
    (path) => [ask(path, END_HEADERS), data(1, 'x'), frame(FRAME.continuation, END_HEADERS, 1)],
    'protocol',
  ],
}

/** What is to be passed over. */
const ignored: Readonly<Record<string, Say>> = {
  '4.1: frames that it does not know': () => [frame(77, 0xff, 0, 'what is this'), frame(78, 0, 3, '')],
  '4.1: flags that it does not know': () => [frame(FRAME.window, 0xff, 0, uint32(1))],
  '4.1: the reserved bit': () => [frame(FRAME.ping, 0, 0x80000000, Buffer.from('reserved'))],
  '6.3: PRIORITY of a stream that is idle': () => [frame(FRAME.priority, 0, 5, Buffer.from([0, 0, 0, 3, 16]))],
  '6.5.2: settings that it does not know': () => [settings({ 255: 1 })],
}

const failing = Object.entries(errors).map(
  ([what, [say, ...codes]]): Case =>
    http2Case(106, 'should', `takes for an error of the connection ${what}`, async (wire) => {
      wire.upstream.respond(OK)
      const client = await http2(wire)
      client.write(...say(wire.path('/x')))
      await failsConnection(client, codes)
    }),
)

const passing = Object.entries(ignored).map(
  ([what, say]): Case =>
    http2Case(106, 'should', `passes over ${what}`, async (wire) => {
      const client = await http2(wire)
      client.write(...say(wire.path('/x')))
      await serves(client)
    }),
)

const others = [
  http2Case(106, 'should', 'closes on what is no preface', async ({ socket }) => {
    const client = new Http2Client(await socket('h2c'))
    client.write(Buffer.from('INVALID * HTTP/2.0\r\n\r\nSM\r\n\r\n'))
    await client.closed()
  }),
  // RFC 9113 6.7 has no word on it but that it is not answered: it may be taken for a flood.
  http2Case(106, 'should', 'passes over an answer to no PING, or closes', async (wire) => {
    const client = await http2(wire)
    client.write(frame(FRAME.ping, 1, 0, Buffer.from('unasked.')))
    await serves(client).catch(() => client.closed())
    assert.ok(!client.frames.some(({ type, payload }) => type === FRAME.ping && payload.toString() === 'unasked.'))
  }),
  http2Case(106, 'should', 'says its settings first', async (wire) => {
    const client = await http2(wire)
    assert.equal(client.frames[0]!.type, FRAME.settings)
  }),
  http2Case(106, 'should', 'takes a frame of DATA of 16384 bytes', async (wire) => {
    wire.upstream.respond(OK)
    const client = await http2(wire)
    client.ask(1, wire.path('/x'), { flags: END_HEADERS }).write(data(1, Buffer.alloc(LONGEST, 'x'), END_STREAM))
    assert.equal(await client.outcome(1), '200')
    assert.equal((await wire.upstream.request()).body.length, LONGEST)
  }),
  http2Case(106, 'should', 'takes a head in several frames', async (wire) => {
    wire.upstream.respond(OK)
    const client = await http2(wire)
    const bytes = block(request(wire.path('/x')))
    client.write(
      frame(FRAME.headers, END_STREAM, 1, bytes.subarray(0, 9)),
      frame(FRAME.continuation, 0, 1, bytes.subarray(9, 10)),
      frame(FRAME.continuation, END_HEADERS, 1, bytes.subarray(10)),
    )
    assert.equal(await client.outcome(1), '200')
  }),
  http2Case(106, 'should', 'keeps to the window of a stream, and to what becomes of it', async (wire) => {
    wire.upstream.respond(ok('hello'))
    const client = await http2(wire, { 4: 1 })
    client.ask(1, wire.path('/x'))
    await until('the first byte', () => client.bodyOf(1).toString() === 'h')
    client.write(settings({ 4: 3 }))
    await until('two more', () => client.bodyOf(1).toString() === 'hel')
    client.write(frame(FRAME.window, 0, 1, uint32(100)))
    assert.equal(await client.outcome(1), '200')
    assert.equal(client.bodyOf(1).toString(), 'hello')
  }),
  http2Case(106, 'should', 'lives on after errors that it does not know', async (wire) => {
    wire.upstream.respond(OK)
    const client = await http2(wire)
    client.ask(1, wire.path('/x'), { flags: END_HEADERS }).write(frame(FRAME.reset, 0, 1, uint32(0xff)))
    await serves(client)
    assert.equal(await client.ask(3, wire.path('/x')).outcome(3), '200')
  }),
]

export const cases = [...failing, ...passing, ...others]
