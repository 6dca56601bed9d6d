import { expect, it } from 'vitest'
import { PlainBody } from '../../src/gateway/http1/everyday/plain-body.ts'
import { doneWhenWritten } from '../../src/proxy/done-when-written.ts'
import { RequestBody } from '../../src/proxy/http1/request-body.ts'
import { doneWith, giveOut, READ_BYTES, takeBuffer } from '../../src/proxy/read-buffers.ts'
import { socketPair } from '../support/socket-pair.ts'
import { until } from '../support/until.ts'

const full = () => giveOut(takeBuffer(), READ_BYTES)

/** The buffer that a chunk is a part of is there to be read into: then it is the one that came back last. */
function isBack(chunk: Buffer): boolean {
  return takeBuffer().buffer === chunk.buffer
}

it('has a buffer back when all that was read into it is done with, and not before', () => {
  const chunk = giveOut(takeBuffer(), 50_000)
  doneWith(chunk.subarray(0, 10_000))
  doneWith(chunk, 15_000)
  expect(isBack(chunk)).toBe(false)
  doneWith(chunk.subarray(25_000))
  expect(isBack(chunk)).toBe(true)
})

it('has nothing back that was not given out, or that is back already', () => {
  const foreign = Buffer.allocUnsafeSlow(READ_BYTES)
  doneWith(foreign)
  expect(isBack(foreign)).toBe(false)
  const chunk = full()
  doneWith(chunk)
  expect(isBack(chunk)).toBe(true)
  doneWith(chunk)
  expect(isBack(chunk)).toBe(false)
})

it('has a written chunk back when the kernel has taken all of it, and not before', async () => {
  const { socket, peer } = await socketPair()
  let chunk = full()
  while (socket.writableLength === 0) {
    chunk = full()
    doneWhenWritten(socket, chunk, socket.write(chunk))
    expect(isBack(chunk)).toBe(socket.writableLength === 0)
  }
  const waiting = [chunk, full(), full()]
  for (const one of waiting.slice(1)) doneWhenWritten(socket, one, socket.write(one))
  expect(waiting.some(isBack)).toBe(false)
  peer.resume()
  await until('all has left', () => socket.writableLength === 0)
  for (const one of waiting.toReversed()) expect(isBack(one)).toBe(true)
})

it('has a chunk of a request body back when it has left, unless somebody else listens to the body too', async () => {
  const { socket } = await socketPair()
  for (const isShared of [false, true]) {
    const body = new PlainBody(READ_BYTES, socket)
    if (isShared) body.on('data', () => undefined)
    new RequestBody({ bodyLength: READ_BYTES, trailers: null }, body, socket, () => undefined).start()
    const chunk = full()
    body.take(chunk)
    expect(socket.writableLength).toBe(0)
    expect(isBack(chunk)).toBe(!isShared)
  }
})
