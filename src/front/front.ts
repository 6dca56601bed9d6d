import { createServer, type Server, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { ServerConfig } from '../config/types.ts'
import type { Logger } from '../plugin/index.ts'
import { acceptAtOnce } from './accept.ts'
import { Arrival, type Next, type Stage } from './arrival.ts'
import { Connections } from './connections.ts'
import { choosing } from './preface.ts'
import { proxyStage } from './proxy-stage.ts'
import { type TlsStage, tlsStage } from './tls.ts'

/** Why a connection was not let in. */
export type RefusalReason = 'connections' | 'connections-per-address' | 'proxy-header' | 'tls'

export interface FrontOptions {
  readonly server: ServerConfig
  readonly log: Logger
  /** What workers have in common that resume each other's TLS sessions. */
  readonly ticketSecret: Buffer
  /** Takes a connection on which HTTP/1 comes next. */
  http1(socket: Socket): void
  /** Takes a connection on which HTTP/2 comes next. Without it, it is not spoken. */
  http2?(socket: Socket): void
  /** Ends a connection without TLS for which there is no room, and may say so. */
  turnAway(socket: Socket): void
  /** Is told of each connection that is not let in. */
  refused(reason: RefusalReason): void
}

/** Where clients connect: everything about a connection before it is HTTP. */
export interface Front {
  readonly server: Server
  /** Connections that are open now. */
  readonly connections: number
  /** Listens on another descriptor, too: for `net.Server.listen`. */
  open(door: object): void
  /** Lets nobody in any more. Resolves when the last connection has closed. */
  close(): Promise<void>
  /** Breaks off all connections. */
  cut(): void
}

/** @throws Error when the files of TLS are no good */
export function createFront(options: FrontOptions): Front {
  const { server: config, log, turnAway, refused } = options
  const connections = new Connections(config.limits)
  const tls = config.tls && tlsOf(options, connections)
  const receive = reception(options, connections, tls)
  const server = serverOf(accept, log)
  const servers = [server]
  if (tls) {
    server.once('listening', () => server.once('close', tls.watch()))
  }
  return {
    server,
    get connections() {
      return connections.size
    },
    open: (door) => void servers.push(serverOf(accept, log).listen(door)),
    close: () => Promise.all(servers.map(closed)).then(() => undefined),
    cut: () => connections.cut(),
  }

  function accept(socket: Socket): void {
    // Reset before it was accepted. What it has sent may still be read, but there is nobody of whom to say that it is his.
    if (socket.remoteAddress === undefined) {
      socket.destroy()
      return
    }
    if (connections.admit(socket)) {
      receive(socket)
      return
    }
    refused('connections')
    if (tls || config.proxyProtocol.length > 0) socket.destroy()
    else turnAway(socket)
  }
}

function serverOf(accept: (socket: Socket) => void, log: Logger): Server {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, accept)
  acceptAtOnce(server)
  // Before that it is for whoever has it listen. From then on it is about one connection: the kernel had no room for it.
  server.once('listening', () => {
    server.on('error', ({ message }) => log.warn({ reason: message }, 'a connection could not be accepted'))
  })
  return server
}

const closed = (server: Server) => new Promise((resolve) => server.close(resolve))

function tlsOf({ server, log, ticketSecret, http2, refused }: FrontOptions, connections: Connections): TlsStage {
  return tlsStage({
    tls: server.tls!,
    protocols: http2 && server.http2 ? ['h2', 'http/1.1'] : ['http/1.1'],
    ticketSecret,
    log,
    secured(arrival, socket) {
      arrival.socket = socket
      connections.secured(arrival.tcp, socket)
    },
    refuse(arrival, reason) {
      log.debug({ client: arrival.address, reason }, 'a TLS handshake failed')
      refused('tls')
      arrival.end()
    },
  })
}

/** What is done with a connection that has been let in: stage after stage, and then its protocol. */
function reception(options: FrontOptions, connections: Connections, tls: TlsStage | null): (socket: Socket) => void {
  const { server, http1, http2 } = options
  const stages = [
    ...(server.proxyProtocol.length > 0 ? [proxyHeader(options)] : []),
    ...(server.limits.connectionsPerAddress === null ? [] : [perAddress(options, connections)]),
    ...(tls ? [tls.stage] : []),
  ]
  const choose = tls ? byAlpn : http2 && server.h2c ? choosing(http2, http1) : undefined
  if (stages.length === 0 && !choose) return http1
  const last = choose ?? ((arrival: Arrival) => http1(arrival.handOver()))
  const first = stages.reduceRight<Next>((next, stage) => (arrival) => stage(arrival, next), last)
  return (socket) => first(new Arrival(socket, server.limits.headerTimeoutMs))

  function byAlpn(arrival: Arrival): void {
    const socket = arrival.handOver() as TLSSocket
    if (socket.alpnProtocol === 'h2') http2!(socket)
    else http1(socket)
  }
}

function proxyHeader({ server, log, refused }: FrontOptions): Stage {
  return proxyStage(server.proxyProtocol, (arrival) => {
    log.debug({ client: arrival.address }, 'a connection that should begin with a PROXY header does not')
    refused('proxy-header')
    arrival.end()
  })
}

function perAddress({ server, turnAway, refused }: FrontOptions, connections: Connections): Stage {
  return function limitAddress(arrival, next) {
    if (connections.admitFrom(arrival.address, arrival.tcp)) {
      next(arrival)
      return
    }
    refused('connections-per-address')
    if (server.tls) arrival.end()
    else turnAway(arrival.handOver())
  }
}
