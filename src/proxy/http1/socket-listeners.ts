import type { Socket } from 'node:net'
import type { Inlet } from '../inlet.ts'
import { UpstreamError } from '../transport.ts'
import { wasReset } from '../was-reset.ts'

export interface SocketListener {
  /** @param chunk lent, until it returns */
  received(chunk: Buffer): void
  drained(): void
  /** The peer says no more; `fin`: because it wants to. May be told again. */
  ended(ending: 'fin' | UpstreamError): void
}

/** @returns what stops it, and leaves the socket a stream like any other */
export function listenTo(socket: Socket, inlet: Inlet, listener: SocketListener): () => void {
  const listeners = {
    // Of a socket with TLS, which has no inlet.
    data: (chunk: Buffer) => listener.received(chunk),
    drain: () => listener.drained(),
    end: () => listener.ended(wasReset(socket) ? broken('the connection broke') : 'fin'),
    error: (cause: Error) => listener.ended(broken('the connection broke', cause)),
    close: () => listener.ended(broken('the connection was closed')),
  }
  inlet.leadTo(socket, listeners.data)
  for (const [event, told] of Object.entries(listeners)) socket.on(event, told)
  return () => {
    inlet.leadInto(socket)
    for (const [event, told] of Object.entries(listeners)) socket.off(event, told)
  }
}

function broken(message: string, cause?: unknown): UpstreamError {
  return new UpstreamError('reset', message, { cause })
}
