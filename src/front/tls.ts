import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import type { TlsConfig } from '../config/types.ts'
import type { Logger } from '../plugin/index.ts'
import type { Arrival, Stage } from './arrival.ts'

export interface TlsOptions {
  readonly tls: TlsConfig
  /** By ALPN, the best first. */
  readonly protocols: readonly string[]
  readonly log: Logger
}

/** Node keeps what a TLS socket lies on top of, but has no public name for it. */
type Layered = TLSSocket & { readonly _parent?: Socket }

/** The handshake. Its errors are the client's, and end nothing but its connection. */
export function tlsStage({ tls, protocols, log }: TlsOptions): Stage {
  const underway = new Map<Socket, [arrival: Arrival, next: (arrival: Arrival) => void]>()
  const [{ cert, key } = { cert: '', key: '' }] = tls.certificates
  const server = createServer({
    cert: readFileSync(cert),
    key: readFileSync(key),
    minVersion: tls.minVersion,
    ALPNProtocols: [...protocols],
  })
  server.on('secureConnection', (socket: Layered) => {
    const found = underway.get(socket._parent!)
    if (!found) return void socket.destroy()
    const [arrival, next] = found
    arrival.socket = socket
    next(arrival)
  })
  server.on('tlsClientError', (error, socket) => {
    log.debug({ client: socket.remoteAddress, reason: error.message }, 'a TLS handshake failed')
    socket.destroy()
  })
  return function shakeHands(arrival, next) {
    underway.set(arrival.tcp, [arrival, next])
    arrival.tcp.once('close', () => underway.delete(arrival.tcp))
    server.emit('connection', arrival.tcp)
  }
}
