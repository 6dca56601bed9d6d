import assert from 'node:assert/strict'
import { request } from '../../../support/http2-client.ts'
import { block, END_HEADERS, END_STREAM, FRAME, frame } from '../../../support/http2-frames.ts'
import { failsConnection, http2, http2Case } from '../rig/http2.ts'
import { OK } from '../rig/upstream.ts'
import type { Case } from '../rig/wire.ts'

/** What h2spec looks at in RFC 7541. */
const WHOLE = END_HEADERS | END_STREAM

/** A literal field by the name of `x-test`, in Huffman coding, but for its value. */
const NAME = [0x00, 0x85, 0xf2, 0xb2, 0x4a, 0x84, 0xff]

/** Behind the fields of a request. */
const errors: Readonly<Record<string, readonly number[]>> = {
  '2.3.3: an index beyond the tables': [0xff, 0x40],
  '2.3.3: the index of a name beyond the tables': [0x7f, 0x40, 1, 0x78],
  '4.2: a change of the size of the table at the end': [0x20],
  '5.2: padding of Huffman coding of more than seven bits': [...NAME, 0x84, 0x49, 0x50, 0x9f, 0xff],
  '5.2: padding of Huffman coding with zeros': [...NAME, 0x83, 0x49, 0x50, 0x90],
  '5.2: the end symbol in Huffman coding': [...NAME, 0x87, 0x49, 0x51, 0xff, 0xff, 0xff, 0xfa, 0x7f],
  '6.1: the index 0': [0x80],
  '6.2: a string that is longer than the head': [0x00, 0x01, 0x78, 0x7f],
}

const failing = Object.entries(errors).map(
  ([what, bytes]): Case =>
    http2Case(106, 'should', `takes for an error of the connection, in header compression, ${what}`, async (wire) => {
      const client = await http2(wire)
      client.write(frame(FRAME.headers, WHOLE, 1, Buffer.concat([block(request(wire.path('/x'))), Buffer.from(bytes)])))
      await failsConnection(client, ['compression'])
      assert.deepEqual(wire.upstream.requests, [])
    }),
)

const others = [
  http2Case(
    106,
    'should',
    'takes for an error of the connection, in header compression, 6.3: a table over its limit',
    async (wire) => {
      const client = await http2(wire)
      const larger = Buffer.from([0x3f, 0xe1, 0xff, 0x3f])
      client.write(frame(FRAME.headers, WHOLE, 1, Buffer.concat([larger, block(request(wire.path('/x')))])))
      await failsConnection(client, ['compression'])
    },
  ),
  http2Case(106, 'should', 'keeps a table of header fields from request to request', async (wire) => {
    wire.upstream.respond(OK)
    const client = await http2(wire)
    const kept = Buffer.concat([Buffer.from([0x40]), block(['x-kept', 'value']).subarray(1)])
    const fields = block(request(wire.path('/x')))
    client.write(frame(FRAME.headers, WHOLE, 1, Buffer.concat([fields, kept])))
    assert.equal(await client.outcome(1), '200')
    client.write(frame(FRAME.headers, WHOLE, 3, Buffer.concat([fields, Buffer.from([0xbe])])))
    assert.equal(await client.outcome(3), '200')
    assert.deepEqual(
      wire.upstream.requests.map((it) => it.field('x-kept')),
      ['value', 'value'],
    )
  }),
]

export const cases = [...failing, ...others]
