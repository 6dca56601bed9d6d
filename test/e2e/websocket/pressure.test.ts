import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { startGateway } from '../../support/gateway.ts'
import { standstillOf } from '../../support/standstill.ts'
import { openTunnel, startRawInstance } from '../../support/switching.ts'
import { until } from '../../support/until.ts'
import { startWebSocketInstance, WebSocketClient } from '../../support/websocket.ts'

const MB = 2 ** 20
/** Of a reader that is slow, after each message. */
const PAUSE_MS = 5

async function rssBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024
}

/** Writes to a socket that nobody reads at the other end until it takes no more for a while; returns how much it took. */
async function fill(socket: Socket, mostBytes: number): Promise<number> {
  const piece = Buffer.alloc(MB)
  let bytes = 0
  const pour = () => {
    while (bytes < mostBytes) {
      bytes += piece.length
      if (!socket.write(piece)) return
    }
  }
  socket.on('drain', pour)
  pour()
  await standstillOf(socket)
  socket.off('drain', pour)
  return bytes
}

it('slows each side down to the pace of the other, in little memory', async () => {
  const instance = await startRawInstance()
  const gateway = await startGateway('', { services: { s: [instance.address] } })
  const { client, end } = await openTunnel(gateway, instance, 'websocket')
  const before = await rssBytes(gateway.pid)
  client.socket.pause()
  end.socket.pause()
  const [down, up] = await Promise.all([fill(end.socket, 200 * MB), fill(client.socket, 200 * MB)])
  expect(down).toBeLessThan(48 * MB)
  expect(up).toBeLessThan(48 * MB)
  expect((await rssBytes(gateway.pid)) - before).toBeLessThan(16 * MB)
  client.socket.resume()
  end.socket.resume()
  await until('the client has all of it', () => client.received.length === down)
  await until('the instance has all of it', () => end.received.length === up)
})

it('brings 100 MB to a slow reader, message by message', async () => {
  const instance = await startWebSocketInstance({ maxPayload: 0 })
  const gateway = await startGateway('', { services: { s: [instance.address] } })
  const client = await WebSocketClient.open(`${gateway.url}/services/s/`)
  const before = await rssBytes(gateway.pid)
  let bytes = 0
  client.socket.on('message', (message: Buffer) => {
    bytes += message.length
    client.messages.length = 0
    client.socket.pause()
    setTimeout(() => client.socket.resume(), PAUSE_MS)
  })
  const { socket } = await instance.session()
  for (let i = 0; i < 100; i++) socket.send(Buffer.alloc(MB, i))
  await until('all has come', () => bytes === 100 * MB, 30_000)
  // Of what passes through, garbage included, never all is there.
  expect((await rssBytes(gateway.pid)) - before).toBeLessThan(64 * MB)
})
