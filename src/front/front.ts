import { createServer, type Server, type Socket } from 'node:net'
import type { LimitsConfig } from '../config/types.ts'

export interface FrontOptions {
  readonly limits: LimitsConfig
  /** Takes a connection on which HTTP/1 comes next. */
  http1(socket: Socket): void
}

/** Where clients connect: everything about a connection before it is HTTP. */
export interface Front {
  readonly server: Server
  /** Breaks off all connections. */
  cut(): void
}

export function createFront({ limits, http1 }: FrontOptions): Front {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, function accept(socket) {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    http1(socket)
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
