import { type Deadline, type Deadlines, deadlinesOf } from './deadlines.ts'
import type { Exchange } from './exchange.ts'

export interface Timed {
  /** The request is on its way: what was there of it has gone out. */
  readonly sent: boolean
  /** Time is up: for the instance, or for the client, whose request body stopped coming. Called at most once. */
  expire(kind: 'timeout' | 'stalled', detail: string): void
}

/**
 * Bounds one attempt up to its response head, without cutting an upload that moves: while the request body still flows
 * only a standstill counts, and it is blamed on the side that stands still.
 */
export class Stopwatch implements Deadline {
  dueMs = 0
  earlier: Deadline | undefined
  later: Deadline | undefined
  readonly #exchange: Exchange
  readonly #owner: Timed
  readonly #deadlines: Deadlines
  #running = true
  #onBodyEnd: (() => void) | undefined
  #bytesSeen = -1

  constructor(exchange: Exchange, timeoutMs: number, owner: Timed, nowMs: number) {
    this.#exchange = exchange
    this.#owner = owner
    this.#deadlines = deadlinesOf(timeoutMs)
    this.#deadlines.set(this, nowMs)
    const { body } = exchange
    if (!body || body.readableEnded) return
    this.#bytesSeen = exchange.bytesReceived
    // Then the instance has its time from now on.
    if (body.complete) return
    this.#onBodyEnd = () => this.restart()
    body.once('end', this.#onBodyEnd)
  }

  /** What it waited for until now has had a time of its own. */
  restart(): void {
    if (!this.#running) return
    this.#deadlines.clear(this)
    this.#deadlines.set(this, performance.now())
  }

  stop(): void {
    if (!this.#running) return
    this.#running = false
    this.#deadlines.clear(this)
    this.#forgetBody()
  }

  expire(): void {
    if (this.#hasMoved() || this.#standsStillUnderWatch || this.#asksForBody) {
      this.#deadlines.set(this, performance.now())
      return
    }
    this.#running = false
    this.#forgetBody()
    this.#blame()
  }

  #forgetBody(): void {
    if (this.#onBodyEnd) this.#exchange.body?.off('end', this.#onBodyEnd)
  }

  /** The request body still flows, and has done so since this was asked last. */
  #hasMoved(): boolean {
    const { body, bytesReceived } = this.#exchange
    if (!body || body.readableEnded || bytesReceived === this.#bytesSeen) return false
    this.#bytesSeen = bytesReceived
    return true
  }

  /** The client sends nothing, and has a time of its own for that. */
  get #standsStillUnderWatch(): boolean {
    const { body, bodyWatched } = this.#exchange
    return bodyWatched && this.#bodyFlows && body!.readableLength === 0
  }

  /** The instance may say whether it wants the body, and has a time of its own for that, at the end of which it gets it. */
  get #asksForBody(): boolean {
    const { body, expectsContinue } = this.#exchange
    return expectsContinue && this.#owner.sent && body?.readableFlowing === null && !body.readableEnded
  }

  /** It has begun to, and has not ended: what nobody has begun to read is not the client's to send. */
  get #bodyFlows(): boolean {
    const { body } = this.#exchange
    return body !== null && !body.readableEnded && body.readableFlowing !== null
  }

  #blame(): void {
    const { body } = this.#exchange
    const owner = this.#owner
    if (!this.#bodyFlows) owner.expire('timeout', 'the instance sent no response head in time')
    // Bytes that lie unread were there for the instance to take; none means that the client sends none.
    else if (body!.readableLength > 0) owner.expire('timeout', 'the instance stopped reading the request body')
    else owner.expire('stalled', 'the request body stopped coming')
  }
}
