import type { Socket } from 'node:net'
import type { Incoming } from './incoming.ts'
import type { Outgoing } from './outgoing.ts'

/** As Node's server sees it. */
type Parsed = Socket & { readonly parser?: { getCurrentBuffer?(): Buffer | undefined } | null }

/**
 * For a request that asks to switch and stays a plain one. Node's parser stops behind it all the same, and forgets what came
 * in the same piece: a request that is pipelined there would have no answer. So the connection closes with the answer to this
 * one, if anything has come behind it.
 */
export function closeIfMoreCame(incoming: Incoming, outgoing: Outgoing): void {
  const { socket } = incoming
  const endsAt = endOf(incoming, socket)
  let wanted = outgoing.shouldKeepAlive
  Object.defineProperty(outgoing, 'shouldKeepAlive', {
    get: () => wanted && socket.bytesRead <= endsAt,
    set(value: boolean) {
      wanted = value
    },
  })
}

/** Where in all that the connection brings the request ends; 0 if there is no telling. Called while its head is parsed. */
function endOf({ headers }: Incoming, socket: Parsed): number {
  const piece = socket.parser?.getCurrentBuffer?.()
  // The first head of the piece, which may be that of an earlier request: then the end is told too early, and that is all.
  const headEnd = piece?.indexOf('\r\n\r\n') ?? -1
  if (!piece || headEnd < 0 || headers['transfer-encoding'] !== undefined) return 0
  return socket.bytesRead - piece.length + headEnd + 4 + Number(headers['content-length'] ?? 0)
}
