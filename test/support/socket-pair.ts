import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A socket, and the other end of it, which reads nothing yet. */
export async function socketPair(): Promise<{ socket: Socket; peer: Socket }> {
  const server = createServer({ pauseOnConnect: true })
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const socket = connect({ port, host: '127.0.0.1' })
  onTestFinished(() => void socket.destroy())
  const [[peer]] = await Promise.all([once(server, 'connection'), once(socket, 'connect')])
  onTestFinished(() => void peer.destroy())
  return { socket, peer }
}
