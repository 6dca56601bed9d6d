import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { closeFrame, maskedCloseFrame } from '../../../src/gateway/tunnel/close-frame.ts'
import { FrameTracker } from '../../../src/gateway/tunnel/frames.ts'

const PING = 0x9
const BINARY = 0x2

/** As RFC 6455 5.2 has it; the mask is of no interest here. */
function frame(bytes: number, { opcode = BINARY, masked = false, final = true } = {}): Buffer {
  const flag = masked ? 0x80 : 0
  const first = (final ? 0x80 : 0) | opcode
  const head = bytes < 126 ? [first, flag | bytes] : bytes < 65_536 ? [first, flag | 126] : [first, flag | 127]
  const length = Buffer.alloc(bytes < 126 ? 0 : bytes < 65_536 ? 2 : 8)
  if (length.length === 2) length.writeUInt16BE(bytes)
  if (length.length === 8) length.writeBigUInt64BE(BigInt(bytes))
  return Buffer.concat([Buffer.from(head), length, Buffer.alloc(masked ? 4 : 0), randomBytes(bytes)])
}

/** Where the tracker sees frames end, when the bytes come in pieces of this length. */
function boundaries(bytes: Buffer, piece: number): number[] {
  const tracker = new FrameTracker()
  const found: number[] = []
  for (let from = 0; from < bytes.length; from += piece) {
    const chunk = bytes.subarray(from, from + piece)
    for (let at = 0; at < chunk.length; ) {
      at = tracker.advance(chunk, at)
      if (tracker.atBoundary) found.push(from + at)
    }
  }
  return found
}

describe('the frames of a WebSocket', () => {
  const sizes = [0, 1, 125, 126, 127, 128, 65_535, 65_536, 70_000]
  for (const masked of [false, true])
    it(`are told apart at every length, in pieces of any, ${masked ? 'masked' : 'not masked'}`, () => {
      const frames = sizes.map((bytes, i) => frame(bytes, { masked, opcode: i % 2 ? BINARY : PING, final: i % 3 > 0 }))
      let end = 0
      const ends = frames.map(({ length }) => (end += length))
      const bytes = Buffer.concat(frames)
      for (const piece of [1, 2, 3, 7, 1000, 65_536, bytes.length]) expect(boundaries(bytes, piece)).toEqual(ends)
    })

  it('have a length of up to 2^63', () => {
    const tracker = new FrameTracker()
    tracker.advance(Buffer.from([0x82, 127, 0, 1, 0, 0, 0, 0, 0, 0]), 0)
    expect(tracker.advance(Buffer.alloc(1000), 0)).toBe(1000)
    expect(tracker.atBoundary).toBe(false)
  })

  it('say nothing after a Close', () => {
    const tracker = new FrameTracker()
    tracker.advance(frame(8), 0)
    expect(tracker.closed).toBe(false)
    tracker.advance(closeFrame(), 0)
    expect([tracker.closed, tracker.atBoundary]).toEqual([true, true])
  })
})

it('writes 1001 as a server and as a client do', () => {
  expect([...closeFrame()]).toEqual([0x88, 2, 0x03, 0xe9])
  const [first, length, a, b, , , high, low] = maskedCloseFrame()
  expect([first, length, high! ^ a!, low! ^ b!]).toEqual([0x88, 0x82, 0x03, 0xe9])
})
