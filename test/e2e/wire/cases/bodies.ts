import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { ok, request, response } from '../rig/say.ts'
import type { Case } from '../rig/wire.ts'

const SIZES = [0, 1, 4095, 65_536, 65_537, 1_000_003]

/** All values of a byte, without a period that a buffer could have. */
const BYTES = Buffer.from(
  Uint8Array.from({ length: SIZES.at(-1)! }, (_, i) => (i * 7 + (i >> 8) * 13 + (i >> 16)) & 255),
)

const bytesOf = (size: number) => BYTES.subarray(0, size)

const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

/** In chunks of sizes that fit nobody's buffers. */
function inChunks(bytes: Buffer): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 3 + 1) % 40_009) {
    const piece = bytes.subarray(at, at + size)
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'))
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')])
}

const FRAMINGS = {
  length: (bytes: Buffer) => [`Content-Length: ${bytes.length}`, bytes] as const,
  chunks: (bytes: Buffer) => ['Transfer-Encoding: chunked', inChunks(bytes)] as const,
}

const both = SIZES.flatMap((size) =>
  Object.entries(FRAMINGS).flatMap(([framing, frame]): Case[] => [
    {
      rule: 67,
      level: 'must',
      name: `carries a request body of ${size} bytes in ${framing} unchanged`,
      async run({ connect, path, upstream }) {
        upstream.respond((asked) => asked.whole().then(() => asked.write(ok(hash(asked.message.bytes)))))
        const [field, body] = frame(bytesOf(size))
        const client = await connect()
        client.send(request(`POST ${path('/x')} HTTP/1.1`, field)).send(body)
        assert.equal((await client.answer()).body, hash(bytesOf(size)))
        const { message } = upstream.requests[0]!
        if (framing === 'length') assert.equal(message.field('content-length'), String(size))
      },
    },
    {
      rule: 67,
      level: 'must',
      name: `carries a response body of ${size} bytes in ${framing} unchanged`,
      async run({ connect, path, upstream }) {
        const [field, body] = frame(bytesOf(size))
        upstream.respond((asked) => asked.write(response('200 OK', [field])).write(body))
        const {
          message,
          ending,
          field: told,
        } = await (await connect()).send(request(`GET ${path('/x')} HTTP/1.1`)).answer()
        assert.equal(ending, 'clean')
        assert.equal(hash(message.bytes), hash(bytesOf(size)))
        if (framing === 'length') assert.equal(told('content-length'), String(size))
      },
    },
  ]),
)

export const cases: readonly Case[] = both
