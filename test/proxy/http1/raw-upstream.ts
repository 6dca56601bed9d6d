import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { type Instance, instance } from '../../../src/plugin/index.ts'

/** One accepted connection and all that came in on it. */
export class Peer {
  readonly socket: Socket
  received = ''
  /** The other side has closed or reset the connection. */
  gone = false

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('error', () => {}).on('close', () => (this.gone = true))
  }

  write(text: string): void {
    this.socket.write(text, 'latin1')
  }
}

/** A server that knows no HTTP: it says what it is told to, byte for byte. */
export interface RawUpstream {
  readonly server: Server
  readonly instance: Instance
  readonly peers: readonly Peer[]
}

/** Listens on loopback until the test ends. Data is collected unless `manual`, where the test reads from the socket. */
export async function rawUpstream(
  onData: (peer: Peer) => void = () => {},
  { manual = false } = {},
): Promise<RawUpstream> {
  const peers: Peer[] = []
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const peer = new Peer(socket)
    peers.push(peer)
    if (manual) return
    socket
      .on('end', () => socket.end())
      .on('data', (data) => {
        peer.received += data.toString('latin1')
        onData(peer)
      })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const { socket } of peers) socket.destroy()
    server.close()
  })
  return { server, peers, instance: instance({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }) }
}

/** Answers each request as soon as it is complete; `answer` is given the request as text and its number on all connections. */
export async function answering(answer: (request: string, nth: number) => string) {
  const requests: string[] = []
  const raw = await rawUpstream((peer) => {
    for (;;) {
      const end = requestEnd(peer.received)
      if (end < 0) return
      const request = peer.received.slice(0, end)
      peer.received = peer.received.slice(end)
      peer.write(answer(request, requests.push(request) - 1))
    }
  })
  return { ...raw, requests }
}

export const ok = (body = 'ok', fields = '') =>
  `HTTP/1.1 200 OK\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`

function requestEnd(received: string): number {
  const headEnd = received.indexOf('\r\n\r\n') + 4
  if (headEnd < 4) return -1
  const head = received.slice(0, headEnd)
  if (head.includes('transfer-encoding: chunked')) {
    return /\r\n0\r\n(?:[^\r\n]+\r\n)*\r\n$/.test(received) ? received.length : -1
  }
  const end = headEnd + Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0)
  return received.length >= end ? end : -1
}
