import type { Exchange, PlainHead, Tunnel } from '../proxy/index.ts'
import type { Result } from './access-log.ts'

export interface Witness {
  now(): number
  /** The last byte has left, or the connection is gone. Once per exchange. */
  finished(exchange: Exchange, result: Result): void
}

/** The way out of one exchange, whatever the protocol. Heads and trailers are flat: `[name, value, ...]` in latin1. */
export interface Reply {
  readonly exchange: Exchange
  /** The request, in the shape of Node's. */
  readonly req: object
  readonly headersSent: boolean
  readonly destroyed: boolean
  /** The method that the client has sent is HEAD: no body leaves. */
  readonly toHead: boolean
  carry(exchange: Exchange, witness: Witness): void
  /**
   * HTTP/1: the connection closes behind this answer, and its client is told so. Nothing to HTTP/2, whose connections have other
   * answers under way, and are left in another way.
   */
  closeBehind(): void
  /** Sends a whole answer, whose head is checked: by the transport that received it, or by Fetch. */
  sendWhole(status: number, reason: string, headers: readonly string[], body: Buffer): void
  /** The same of a head that is text, and of a body that may be (latin1), where there is a use for that. */
  sendPlain?(status: number, head: PlainHead, body: Buffer | string): void
  /** The head, which may wait for the first byte of the body. */
  sendHead(status: number, reason: string, headers: readonly string[]): void
  /** Sends the head before the first byte of the body has come. */
  flush(): void
  /** False when the client wants no more for now: `drain` follows, or `close`. */
  write(chunk: Uint8Array): boolean
  /** The same of a chunk that nobody else has or will have, where there is a use for that. */
  pass?(chunk: Buffer): boolean
  /** @param trailers fields that follow the body */
  finish(trailers: readonly string[]): void
  /**
   * Instead of an answer, only where the client has asked to switch protocols: sends a 101 with these fields, its own aside, and joins
   * the connection with the tunnel.
   */
  switchTo?(tunnel: Tunnel, headers: readonly string[]): void
  /** After the head nothing can be answered: breaks off, so that it never looks like a clean end. Harmless when it has ended. */
  breakOff(): void
  on(event: 'drain' | 'close', listener: () => void): unknown
  off(event: 'drain' | 'close', listener: () => void): unknown
  once(event: 'drain' | 'close', listener: () => void): unknown
}
