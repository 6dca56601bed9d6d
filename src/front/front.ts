import { createServer, type Server, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { ServerConfig } from '../config/types.ts'
import type { Logger } from '../plugin/index.ts'
import { Arrival } from './arrival.ts'
import { choosing } from './preface.ts'
import { tlsStage } from './tls.ts'

export interface FrontOptions {
  readonly server: ServerConfig
  readonly log: Logger
  /** Takes a connection on which HTTP/1 comes next. */
  http1(socket: Socket): void
  /** Takes a connection on which HTTP/2 comes next. Without it, it is not spoken. */
  http2?(socket: Socket): void
}

/** Where clients connect: everything about a connection before it is HTTP. */
export interface Front {
  readonly server: Server
  /** Breaks off all connections. */
  cut(): void
}

export function createFront(options: FrontOptions): Front {
  const { limits } = options.server
  const open = new Set<Socket>()
  const receive = reception(options)
  const server = createServer({ allowHalfOpen: true, noDelay: true }, function accept(socket) {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    receive(socket)
  })
  // Not even assigned without a limit: newer versions of Node take 0 at its word.
  if (limits.connections !== null) server.maxConnections = limits.connections
  return {
    server,
    cut() {
      for (const socket of open) socket.destroy()
    },
  }
}

/** What is done with a connection that has been accepted. */
function reception({ server, log, http1, http2 }: FrontOptions): (socket: Socket) => void {
  const { tls, h2c, limits } = server
  const arrive = (socket: Socket) => new Arrival(socket, limits.headerTimeoutMs)
  if (tls) {
    const protocols = http2 && server.http2 ? ['h2', 'http/1.1'] : ['http/1.1']
    const shakeHands = tlsStage({ tls, protocols, log })
    const handOver = (arrival: Arrival) => {
      const socket = arrival.handOver() as TLSSocket
      if (socket.alpnProtocol === 'h2') http2!(socket)
      else http1(socket)
    }
    return (socket) => shakeHands(arrive(socket), handOver)
  }
  if (http2 && h2c) {
    const choose = choosing(http2, http1)
    return (socket) => choose(arrive(socket))
  }
  return http1
}
