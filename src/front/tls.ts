import type { Socket } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import type { TlsConfig } from '../config/types.ts'
import type { Logger } from '../plugin/index.ts'
import { subjectOf } from '../tls/index.ts'
import type { Arrival, Next, Stage } from './arrival.ts'
import { ShownCertificates } from './certificates.ts'

export interface TlsOptions {
  readonly tls: TlsConfig
  /** By ALPN, the best first. */
  readonly protocols: readonly string[]
  /** Of which the keys of session tickets are made. */
  readonly ticketSecret: Buffer
  readonly log: Logger
  /** Is told what lies on top of a connection from now on. */
  secured(arrival: Arrival, socket: TLSSocket): void
  /** Ends a connection whose handshake has failed. */
  refuse(arrival: Arrival, reason: string): void
}

/** Node keeps what a TLS socket lies on top of, but has no public name for it. */
type Layered = TLSSocket & { readonly _parent?: Socket }

export interface TlsStage {
  readonly stage: Stage
  /** Follows the files from now on. @returns what ends that */
  watch(): () => void
}

/** The handshake. Its errors are the client's, and end nothing but its connection. */
export function tlsStage({ tls, protocols, ticketSecret, log, secured, refuse }: TlsOptions): TlsStage {
  const underway = new WeakMap<Socket, [arrival: Arrival, next: Next]>()
  const shown = new ShownCertificates(tls, ticketSecret, log)
  const server = createServer({
    ...shown.fallback,
    SNICallback: (name, done) => done(null, shown.of(name)),
    ALPNProtocols: [...protocols],
    requestCert: tls.clients !== null,
    rejectUnauthorized: tls.clients?.required ?? false,
  })
  shown.onChange = () => server.setSecureContext(shown.fallback)
  server.on('secureConnection', (socket: Layered) => {
    const [arrival, next] = underway.get(socket._parent!)!
    secured(arrival, socket)
    const certificate = tls.clients ? socket.getPeerX509Certificate() : undefined
    if (certificate && !socket.authorized) {
      refuse(arrival, `the certificate of the client: ${socket.authorizationError}`)
      return
    }
    arrival.subject = certificate && subjectOf(certificate)
    socket.allowHalfOpen = true
    next(arrival)
  })
  server.on('tlsClientError', (error, socket: Layered) => {
    const [arrival] = underway.get(socket._parent!)!
    secured(arrival, socket)
    refuse(arrival, String(socket.authorizationError ?? error.message))
  })
  return {
    watch: () => shown.watch(),
    stage(arrival, next) {
      underway.set(arrival.tcp, [arrival, next])
      // A client that leaves within the handshake must not be waited for; TLS inherits this.
      arrival.tcp.allowHalfOpen = false
      server.emit('connection', arrival.tcp)
    },
  }
}
