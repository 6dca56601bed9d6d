import type { Socket } from 'node:net'
import type { Incoming } from './incoming.ts'

/** As Node's server sees it. */
type Parsed = Socket & { readonly parser?: { getCurrentBuffer?(): Buffer | undefined } | null }

/**
 * For a request that asks to switch and stays a plain one, while its head is parsed. Node's parser stops behind it all the same,
 * and forgets what came in the same piece: the next bytes may be the middle of a message, which a client could have made look
 * like the beginning of one.
 *
 * @returns false if nothing can have come behind it, so that the connection may go on
 */
export function stopsTheParser({ headers, socket }: Incoming): boolean {
  if (headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0') return true
  // The first head of the piece, which may be that of an earlier request: then this one is not all that follows.
  const piece = (socket as Parsed).parser?.getCurrentBuffer?.()
  const headEnd = piece?.indexOf('\r\n\r\n') ?? -1
  return !piece || headEnd < 0 || headEnd + 4 < piece.length
}
