import type { Socket } from 'node:net'
import { type Deadline, type Deadlines, deadlinesOf } from '../../proxy/index.ts'
import type { Reply } from '../reply.ts'

/** A body on its way in, as far as it is watched. */
interface Watched {
  readonly socket: Socket
  /** All of it has come. */
  readonly complete: boolean
  /** The client waits to be asked for it. */
  readonly unasked: boolean
  readonly readableFlowing: boolean | null
  readonly readableLength: number
}

/**
 * Bounds how long the body of a request may stand still: until it is complete, also when the answer has left before. What
 * lies here unread, or has not been asked for, is not the client's fault.
 *
 * Before the response head the request is given up, which is answered 408; after it the connection breaks, unless the answer
 * moves.
 */
export class BodyWatch implements Deadline {
  dueMs = 0
  earlier: Deadline | undefined
  later: Deadline | undefined
  readonly #incoming: Watched
  readonly #outgoing: Reply
  readonly #deadlines: Deadlines
  #bytesSeen = 0
  #gaveUp = false
  #running = false

  constructor(incoming: Watched, outgoing: Reply, timeoutMs: number) {
    this.#incoming = incoming
    this.#outgoing = outgoing
    this.#deadlines = deadlinesOf(timeoutMs)
    this.#bytesSeen = incoming.socket.bytesRead
    this.#start()
  }

  /** The exchange is over. Node still reads what is missing of the body, to have it out of the way of the next request. */
  answered(): void {
    if (!this.#running || !this.#over) return
    this.#running = false
    this.#deadlines.clear(this)
  }

  expire(): void {
    this.#running = false
    if (this.#over) return
    if (this.#waits || this.#hasMoved()) this.#start()
    else this.#giveUp()
  }

  #start(): void {
    this.#running = true
    this.#deadlines.set(this, performance.now())
  }

  get #over(): boolean {
    return this.#incoming.complete || this.#incoming.socket.destroyed
  }

  get #waits(): boolean {
    const { unasked, readableFlowing, readableLength } = this.#incoming
    return unasked || readableFlowing === null || readableLength > 0
  }

  #hasMoved(): boolean {
    const { bytesRead, bytesWritten } = this.#incoming.socket
    const bytes = bytesRead + (this.#outgoing.headersSent ? bytesWritten : 0)
    const moved = bytes !== this.#bytesSeen
    this.#bytesSeen = bytes
    return moved
  }

  #giveUp(): void {
    if (this.#gaveUp || this.#outgoing.headersSent) {
      this.#incoming.socket.destroy()
      return
    }
    this.#gaveUp = true
    this.#outgoing.closeBehind()
    this.#outgoing.exchange.stall()
    this.#start() // for a middleware that reads the body by itself, and waits on
  }
}
