import type { UpstreamCall, UpstreamError, UpstreamListener, UpstreamRequest } from '../transport.ts'
import type { Task } from '../turn.ts'
import type { Connection } from './connection.ts'

export interface CallOwner {
  /** The call's turn has come. */
  place(call: Call): void
  /** The call was aborted while it waited. */
  leave(call: Call): void
}

/** One request on its way: waiting, then on a connection, then over. */
export class Call implements UpstreamCall, Task {
  readonly request: UpstreamRequest
  readonly listener: UpstreamListener
  /** What goes on the wire before the body; checked. */
  head = ''
  /** On the monotonic clock, once the call has to wait. */
  waitingSinceMs = 0
  paused = false
  /** The listener has heard the last of it. */
  over = false
  connection: Connection | null = null

  readonly #owner: CallOwner

  constructor(request: UpstreamRequest, listener: UpstreamListener, owner: CallOwner) {
    this.request = request
    this.listener = listener
    this.#owner = owner
  }

  run(): void {
    this.#owner.place(this)
  }

  pause(): void {
    if (this.over || this.paused) return
    this.paused = true
    this.connection?.pause()
  }

  resume(): void {
    if (this.over || !this.paused) return
    this.paused = false
    this.connection?.resume()
  }

  abort(): void {
    if (this.over) return
    this.over = true
    if (this.connection) this.connection.abandon()
    else this.#owner.leave(this)
  }

  /** Tells the listener, whose own failure has nowhere to go from here. */
  fail(error: UpstreamError): void {
    if (this.over) return
    this.over = true
    try {
      this.listener.onError(error)
    } catch {}
  }
}
