import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/**
 * Breaks a connection off so that what has been sent is never taken for the whole: by a reset, or, with TLS, by closing it
 * without the alert that belongs to an end (RFC 8446 6.1).
 */
export function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy()
  else socket.resetAndDestroy()
}
