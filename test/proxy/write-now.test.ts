import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { isWriting, writeNow } from '../../src/proxy/write-now.ts'
import { socketPair } from '../support/socket-pair.ts'
import { until } from '../support/until.ts'

/** Numbered lines, so that none can be missing, twice there or in the wrong place unseen. */
const line = (n: number) => `${`${n} `.padEnd(1999, '\xe9')}\n`
const lines = (count: number) => Array.from({ length: count }, (_, n) => line(n)).join('')

type Told = (error?: Error | null) => unknown

/** Whether the kernel has had room. */
type Way = (socket: Socket, text: string, told?: Told) => boolean

const byStream: Way = (socket, text, told) => {
  socket.write(text, 'latin1', told)
  return socket.writableLength === 0
}

/** @returns how many lines it takes until the kernel has no room for one; `told` is called back of that one */
function fill(socket: Socket, told: Told = () => undefined, way: Way = writeNow): number {
  let count = 0
  const write = (n: number) => way(socket, line(n), (error) => n === count - 1 && told(error))
  while (write(count++));
  return count
}

it('has written when it returns, and calls nobody back', async () => {
  const { socket, peer } = await socketPair()
  let told = 0
  expect(writeNow(socket, line(0), () => told++)).toBe(true)
  expect([socket.bytesWritten, isWriting(socket)]).toEqual([2000, false])
  socket.end()
  peer.setEncoding('latin1')
  expect(await text(peer.resume())).toBe(line(0))
  expect(told).toBe(0)
})

it('calls back when the kernel has taken what it had no room for, and not before', async () => {
  const { socket, peer } = await socketPair()
  let told: unknown = 'not yet'
  const count = fill(socket, (error) => {
    told = error
  })
  expect([isWriting(socket), told]).toEqual([true, 'not yet'])
  peer.setEncoding('latin1')
  const read = text(peer.resume())
  await until('it is told', () => told !== 'not yet')
  expect([isWriting(socket), told]).toEqual([false, null])
  socket.end()
  expect(await read).toBe(lines(count))
})

it('keeps the order of all that is written, by whichever way and whatever waits', async () => {
  const { socket, peer } = await socketPair()
  let count = fill(socket)
  writeNow(socket, line(count++))
  socket.write(line(count++), 'latin1')
  socket.cork()
  socket.write(Buffer.from(line(count++), 'latin1'))
  writeNow(socket, line(count++))
  socket.uncork()
  writeNow(socket, line(count++))
  socket.end()
  peer.setEncoding('latin1')
  expect(await text(peer.resume())).toBe(lines(count))
})

it('fails as a stream does when the connection is gone', async () => {
  const failed = async (way: Way, cut: (socket: Socket, peer: Socket) => void) => {
    const { socket, peer } = await socketPair()
    const seen: string[] = []
    socket.on('error', ({ message }) => seen.push(message)).on('close', (hadError) => seen.push(`closed: ${hadError}`))
    fill(socket, (error) => seen.push(`told: ${error}`), way)
    cut(socket, peer)
    await until('it is closed', () => seen.at(-1)?.startsWith('closed'))
    return seen
  }
  const cuts = [
    (_: Socket, peer: Socket) => peer.resetAndDestroy(),
    (socket: Socket) => socket.destroy(),
    (socket: Socket) => socket.resetAndDestroy(),
  ]
  for (const cut of cuts) expect(await failed(writeNow, cut)).toEqual(await failed(byStream, cut))
})

it('writes nothing behind the end, and nothing to a socket that is closed', async () => {
  for (const leave of [(socket: Socket) => socket.end(), (socket: Socket) => socket.destroy()]) {
    const { socket, peer } = await socketPair()
    socket.on('error', () => undefined)
    leave(socket)
    const told = new Promise((resolve) => {
      expect(writeNow(socket, line(0), resolve)).toBe(false)
    })
    expect(await told).toBeInstanceOf(Error)
    expect(await text(peer.resume())).toBe('')
  }
})
