import type { Socket } from 'node:net'

const LEFT = Symbol('requests left')

/** How many requests one connection carries. */
export class RequestsPerConnection {
  readonly #most: number
  readonly #random: () => number

  constructor(most: number, random: () => number) {
    this.#most = most
    this.#random = random
  }

  /** Counts a request, and says whether it is the last one that this connection may carry. */
  isLast(socket: Socket & { [LEFT]?: number }): boolean {
    const left = (socket[LEFT] ?? this.#allowance()) - 1
    socket[LEFT] = left
    return left <= 0
  }

  /** Up to an eighth less than the most: connections that began together shall not all begin anew together. */
  #allowance(): number {
    return this.#most - Math.floor((this.#random() * this.#most) / 8)
  }
}
