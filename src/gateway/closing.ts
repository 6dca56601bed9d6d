import type { Socket } from 'node:net'

const LEFT = Symbol('requests left')

/**
 * Connections that take no more requests: they close behind the answer that is under way, and what follows on them is
 * ignored (RFC 9112 9.6, 11.2).
 */
export class ClosingConnections {
  readonly #sockets = new Set<Socket>()
  readonly #mostRequests: number
  readonly #random: () => number

  /** @param mostRequests that one connection carries, about */
  constructor(mostRequests: number, random: () => number) {
    this.#mostRequests = mostRequests
    this.#random = random
  }

  has(socket: Socket): boolean {
    return this.#sockets.size > 0 && this.#sockets.has(socket)
  }

  add(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
  }

  /** Counts a request, and says whether it is the last one that this connection may carry. */
  count(socket: Socket & { [LEFT]?: number }): boolean {
    const left = (socket[LEFT] ?? this.#allowance()) - 1
    socket[LEFT] = left
    return left <= 0
  }

  /** Up to an eighth less than the most: connections that began together shall not all begin anew together. */
  #allowance(): number {
    return this.#mostRequests - Math.floor((this.#random() * this.#mostRequests) / 8)
  }
}
