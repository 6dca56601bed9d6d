import type { Socket } from 'node:net'
import { UpstreamError } from '../transport.ts'
import { wasReset } from '../was-reset.ts'

export interface SocketListener {
  received(chunk: Buffer): void
  drained(): void
  /** The peer says no more; `fin`: because it wants to. May be told again. */
  ended(ending: 'fin' | UpstreamError): void
}

/** @returns what stops it */
export function listenTo(socket: Socket, listener: SocketListener): () => void {
  const listeners = {
    data: (chunk: Buffer) => listener.received(chunk),
    drain: () => listener.drained(),
    end: () => listener.ended(wasReset(socket) ? broken('the connection broke') : 'fin'),
    error: (cause: Error) => listener.ended(broken('the connection broke', cause)),
    close: () => listener.ended(broken('the connection was closed')),
  }
  for (const [event, told] of Object.entries(listeners)) socket.on(event, told)
  return () => {
    for (const [event, told] of Object.entries(listeners)) socket.off(event, told)
  }
}

function broken(message: string, cause?: unknown): UpstreamError {
  return new UpstreamError('reset', message, { cause })
}
