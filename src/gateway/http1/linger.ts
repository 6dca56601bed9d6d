import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** How long a client may take to read its last answer. */
export const READ_MS = 1000

/** For the rest of a request that is answered already: in all, and without a byte. */
const LINGER_MS = 5000
const SILENCE_MS = 1000

/** Node's own names: what reads requests from it, and the response that has it. */
type Answering = Socket & { readonly parser?: object | null; readonly _httpMessage?: object | null }

const deaf = new Set<Socket>()

/** Nothing more that comes on this connection is a request: it is about to close (RFC 9112 9.6 and 11.2). */
export function deafen(socket: Socket): void {
  if (deaf.has(socket)) return
  deaf.add(socket)
  socket.once('close', () => deaf.delete(socket))
}

export function isDeaf(socket: Socket): boolean {
  return deaf.size > 0 && deaf.has(socket)
}

/**
 * Ends a connection in stages (RFC 9112 9.6): closing it at once, with input that nobody has read, would reset it, and take the
 * answer from a client that is still sending.
 *
 * @param last what is sent before the end
 */
export function endInStages(socket: Socket, last?: string): void {
  if (last === undefined) socket.end()
  else socket.end(last)
  setTimeout(() => socket.destroy(), READ_MS).unref()
}

/**
 * Ends a connection whose client has asked for that, and sends nothing more. Only when all that was written has left: the kernel
 * sends its end behind it, without the turn of the event loop that it takes to close one side first. TLS has a word to say before.
 */
export function endAtOnce(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroySoon()
  // Within the callback of a write Node would make an error for those that are still to come.
  else process.nextTick(destroy, socket)
}

function destroy(socket: Socket): void {
  socket.destroy()
}

/** Has Node end the connection in stages, once the answer at hand has left. */
export function closeInStages(socket: Socket): void {
  socket.destroySoon = () => endInStages(socket)
}

/** Ends a connection on which nothing more is a request, if there is nothing left to answer. */
export function leaveIfAnswered(socket: Answering): void {
  if (socket.parser && !socket._httpMessage && !socket.writableEnded) endInStages(socket)
}

/**
 * Destroys a connection whose client takes too long to send the rest of a request, or stops sending it.
 *
 * @returns what stops it: the rest has come
 */
export function boundRest(socket: Socket): () => void {
  const lastMs = performance.now() + LINGER_MS
  let bytes = socket.bytesRead
  const timer = setInterval(() => {
    if (socket.bytesRead === bytes || performance.now() > lastMs) socket.destroy()
    bytes = socket.bytesRead
  }, SILENCE_MS)
  const stop = (): void => {
    clearInterval(timer)
    socket.off('close', stop)
  }
  socket.once('close', stop)
  return stop
}

/**
 * Reads, for a while, and throws away the rest of a request whose answer has left. A connection that is closed with input that
 * nobody has read is reset, and the reset may overtake the answer (RFC 9112 9.6).
 */
export function discardRest(incoming: IncomingMessage, socket: Socket): void {
  const stop = boundRest(socket)
  // What Node and the adapter call to close the connection once its last answer has left.
  const endBeforeRest = (): void => {
    deafen(socket)
    socket.end()
  }
  socket.destroySoon = endBeforeRest
  incoming.once('end', () => {
    stop()
    // A request that came behind the rest may have had its own way to end the connection.
    if (socket.destroySoon === endBeforeRest) Reflect.deleteProperty(socket, 'destroySoon')
    if (socket.writableEnded) setTimeout(() => socket.destroy(), READ_MS).unref()
  })
  incoming.unpipe()
  incoming.removeAllListeners('data').resume()
}
