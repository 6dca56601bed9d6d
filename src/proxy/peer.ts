import type { Socket } from 'node:net'

/** The other end of a connection: what does not change from request to request. */
export class Peer {
  readonly address: string
  readonly encrypted: boolean
  /** Of the certificate that it has shown. */
  readonly subject: string | undefined = undefined
  readonly #socket: Socket
  #bytesTold = 0

  constructor(socket: Socket) {
    this.address = plainAddress(socket.remoteAddress ?? '')
    this.encrypted = 'encrypted' in socket
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

export function peerOf(socket: Socket & { [PEER]?: Peer }): Peer {
  socket[PEER] ??= new Peer(socket)
  return socket[PEER]
}

/** A dual-stack socket writes IPv4 as `::ffff:10.0.0.1`; the rest of the world does not. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address
}
