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

/** The answer to the first request of a session: its number, a transaction id, an error code. */
export function refusal(code: number): Buffer {
  const body = Buffer.alloc(16)
  body.writeInt32BE(code, 12)
  return frame(body)
}

export function frame(body: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}
