import { expect, it } from 'vitest'
import { Frames } from '../../../adapters/zookeeper/frames.ts'
import { frame } from '../../support/scripted-server.ts'

const WHOLE = [
  frame(Buffer.from('one')),
  frame(Buffer.alloc(0)),
  frame(Buffer.alloc(300, 7)),
  frame(Buffer.from('last')),
]
const BYTES = Buffer.concat(WHOLE)

it('are the same however the bytes come', () => {
  for (let size = 1; size <= BYTES.length; size++) {
    const frames = new Frames()
    const got: Buffer[] = []
    for (let at = 0; at < BYTES.length; at += size) got.push(...frames.completedBy(BYTES.subarray(at, at + size)))
    expect(got).toEqual(WHOLE)
  }
})

it('come when they are complete and not before', () => {
  const frames = new Frames()
  expect(frames.completedBy(BYTES.subarray(0, 6))).toEqual([])
  expect(frames.completedBy(BYTES.subarray(6, 9))).toEqual([WHOLE[0]])
})

it.each([-1, -(2 ** 31), 2 ** 26 + 1, 2 ** 31 - 1])('refuse a length of %i at its fourth byte', (length) => {
  const head = Buffer.alloc(4)
  head.writeInt32BE(length)
  const frames = new Frames()
  expect(frames.completedBy(head.subarray(0, 3))).toEqual([])
  expect(() => frames.completedBy(head.subarray(3))).toThrow(`a frame of ${length} bytes`)
})

it('of 4 MiB in small pieces cost no more than what they hold', () => {
  const frames = new Frames()
  const large = frame(Buffer.alloc(4 * 2 ** 20))
  const got: Buffer[] = []
  const since = performance.now()
  for (let at = 0; at < large.length; at += 1024) got.push(...frames.completedBy(large.subarray(at, at + 1024)))
  // Joined anew for each of the 4096 pieces it would be 8 GiB that are copied.
  expect(performance.now() - since).toBeLessThan(500)
  expect(got[0]!.equals(large)).toBe(true)
})
