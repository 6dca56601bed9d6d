import { type AddressInfo, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A server on loopback that answers the n-th frame of each connection with the n-th of `replies`, and then falls silent. */
export async function scriptedServer(...replies: readonly Buffer[]): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let turn = 0
    socket.on('error', () => {}).on('data', () => replies[turn] && socket.write(replies[turn++]!))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The answer that opens a session: protocol version, timeout, session id, password. */
export function sessionOpened(timeoutMs: number): Buffer {
  const body = Buffer.alloc(36)
  body.writeInt32BE(timeoutMs, 4)
  body.writeInt32BE(7, 12)
  body.writeInt32BE(16, 16)
  return frame(body)
}

/** The answer to the first request of a session, or to another one: its number, a transaction id, an error code. */
export function refusal(code: number, request = 0): Buffer {
  const body = Buffer.alloc(16)
  body.writeInt32BE(request)
  body.writeInt32BE(code, 12)
  return frame(body)
}

/** What a watch is told with: number -1, transaction -1, no error; then type, state, path. */
export function event(type: number): Buffer {
  const body = Buffer.alloc(29, 0xff)
  body.writeInt32BE(0, 12)
  body.writeInt32BE(type, 16)
  body.writeInt32BE(3, 20)
  body.writeInt32BE(1, 24)
  body.write('/', 28)
  return frame(body)
}

export function frame(body: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}
