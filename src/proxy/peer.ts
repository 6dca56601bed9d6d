import type { Socket } from 'node:net'
import type { KeptWord } from './headers/words.ts'

/** The other end of a connection: what does not change from request to request. */
export class Peer {
  readonly address: string
  readonly encrypted: boolean
  /** Of the certificate that it has shown, as RFC 4514 writes it; only if that is verified. */
  readonly subject: string | undefined
  /** What instances were told of it last. */
  word: KeptWord | undefined
  readonly #socket: Socket
  #bytesTold = 0

  constructor(socket: Socket, address = plainAddress(socket.remoteAddress), subject?: string) {
    this.address = address
    this.encrypted = 'encrypted' in socket
    this.subject = subject
    this.#socket = socket
  }

  get bytesReceived(): number {
    return this.#socket.bytesRead
  }

  /** Bytes sent since this was asked last. */
  takeBytesSent(): number {
    const { bytesWritten } = this.#socket
    const bytes = bytesWritten - this.#bytesTold
    this.#bytesTold = bytesWritten
    return bytes
  }
}

const PEER = Symbol('peer')

type Known = Socket & { [PEER]?: Peer }

/** Says who is at the other end, where the socket does not: a client behind a proxy, one with a certificate. */
export function introduce(socket: Known, address: string, subject: string | undefined): void {
  socket[PEER] = new Peer(socket, address, subject)
}

export function peerOf(socket: Known): Peer {
  socket[PEER] ??= new Peer(socket)
  return socket[PEER]
}

/** A dual-stack socket writes IPv4 as `::ffff:10.0.0.1`; the rest of the world does not. */
export function plainAddress(address = ''): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address
}
