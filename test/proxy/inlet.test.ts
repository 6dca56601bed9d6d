import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { Inlet, toKeep } from '../../src/proxy/inlet.ts'
import { until } from '../support/until.ts'

/** A socket that is read through an inlet, and the other end of it. */
async function pair(inlet: Inlet): Promise<{ socket: Socket; peer: Socket }> {
  const server = createServer()
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const socket = connect({ port, host: '127.0.0.1', onread: inlet.onread })
  onTestFinished(() => void socket.destroy())
  const [[peer]] = await Promise.all([once(server, 'connection'), once(socket, 'connect')])
  onTestFinished(() => void peer.destroy())
  return { socket, peer }
}

const patterned = (bytes: number, seed: number) => Buffer.from(Uint8Array.from({ length: bytes }, (_, i) => i * seed))

it('tells of chunks that stay as they were when they are to be kept, whatever is read after them, here and on other sockets', async () => {
  const sockets = await Promise.all(
    [3, 7].map(async (seed) => {
      const inlet = new Inlet()
      const chunks: Buffer[] = []
      const { socket, peer } = await pair(inlet)
      inlet.leadTo(socket, (chunk) => void chunks.push(toKeep(chunk)))
      return { seed, chunks, peer, sent: [] as Buffer[] }
    }),
  )
  const heard = (chunks: readonly Buffer[]) => chunks.reduce((sum, { length }) => sum + length, 0)
  for (const bytes of [10, 500_000, 100, 300_000, 40_000, 1]) {
    for (const { seed, chunks, peer, sent } of sockets) {
      const piece = patterned(bytes, seed + sent.length)
      sent.push(piece)
      peer.write(piece)
      await until('it has come', () => heard(chunks) === heard(sent))
    }
  }
  for (const { chunks, sent } of sockets) expect(Buffer.concat(chunks).equals(Buffer.concat(sent))).toBe(true)
})

it('reads nothing more once the socket is paused, and goes on when it is resumed', async () => {
  const inlet = new Inlet()
  const { socket, peer } = await pair(inlet)
  let bytes = 0
  inlet.leadTo(socket, (chunk) => {
    bytes += chunk.length
    socket.pause()
  })
  const sent = 8 * 2 ** 20
  peer.end(Buffer.alloc(sent))
  await until('the first piece has come', () => bytes > 0)
  await until('the kernel takes no more', () => peer.writableLength > 0)
  expect(bytes).toBeLessThanOrEqual(64 * 1024)
  socket.on('pause', () => setImmediate(() => socket.resume()))
  socket.resume()
  await until('all has come', () => bytes === sent)
})

it('leaves the socket a stream like any other when it is led into it', async () => {
  const inlet = new Inlet()
  const { socket, peer } = await pair(inlet)
  inlet.leadInto(socket)
  const sent = patterned(300_000, 5)
  peer.end(sent)
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  expect(Buffer.concat(chunks).equals(sent)).toBe(true)
})
