import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** Breaks a connection off so that what has been sent is never taken for all. Of TLS the closing alert is missing, which says the same. */
export function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy()
  else socket.resetAndDestroy()
}
