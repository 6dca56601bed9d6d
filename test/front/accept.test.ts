import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { acceptAtOnce } from '../../src/front/accept.ts'

/** What `server` makes of a connection. */
async function accepted(server: Server): Promise<Socket> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined)
  onTestFinished(() => void client.destroy())
  onTestFinished(() => void server.close())
  const [socket] = (await once(server, 'connection')) as [Socket]
  onTestFinished(() => void socket.destroy())
  return socket
}

function newServer({ atOnce = false } = {}): Server {
  const server = createServer({ allowHalfOpen: true, noDelay: true })
  if (atOnce) acceptAtOnce(server)
  return server
}

it('makes sockets that are like those of Node but for how they are read', async () => {
  const [own, byNode] = [await accepted(newServer({ atOnce: true })), await accepted(newServer())]
  expect(traitsOf(own)).toEqual(traitsOf(byNode))
})

it('is counted by the server, which closes when the last connection has', async () => {
  const server = newServer({ atOnce: true })
  const socket = await accepted(server)
  expect(await count(server)).toBe(1)
  const closed = once(server, 'close')
  server.close()
  socket.destroy()
  await closed
})

it('tells those who listen to the diagnostics channel of Node', async () => {
  const told: unknown[] = []
  const note = (message: unknown): void => void told.push((message as { socket: unknown }).socket)
  subscribe('net.server.socket', note)
  onTestFinished(() => void unsubscribe('net.server.socket', note))
  const socket = await accepted(newServer({ atOnce: true }))
  expect(told).toEqual([socket])
})

/** All that can be switched on or off about a socket, by Node's own names. */
function traitsOf(socket: Socket): object {
  const { readable, writable, allowHalfOpen, readableHighWaterMark, writableHighWaterMark } = socket
  const { _readableState: reads, _writableState: writes } = socket as unknown as Record<string, Record<string, unknown>>
  const keys = [...Object.getOwnPropertySymbols(socket), ...Object.keys(socket)]
  const inside = keys.filter(isNotOfInlet).map((key) => {
    const value = socket[key as keyof Socket] as unknown
    return [String(key), typeof value === 'boolean' ? value : typeof value]
  })
  return {
    ...{ readable, writable, allowHalfOpen, readableHighWaterMark, writableHighWaterMark },
    reading: [reads!.autoDestroy, reads!.emitClose, reads!.flowing],
    writing: [writes!.autoDestroy, writes!.emitClose, writes!.decodeStrings],
    inside: inside.sort(([a], [b]) => String(a).localeCompare(String(b))),
  }
}

function isNotOfInlet(key: symbol | string): boolean {
  return !['inlet', 'kBuffer', 'kBufferGen', 'kBufferCb'].includes(typeof key === 'symbol' ? key.description! : key)
}

function count(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, connections) => (error ? reject(error) : resolve(connections)))
  })
}
