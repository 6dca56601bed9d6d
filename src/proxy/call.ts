import type { UpstreamCall, UpstreamError, UpstreamListener, UpstreamRequest } from './transport.ts'
import type { Task } from './turn.ts'

/** What a call is on once it is sent: a connection of HTTP/1.1, or a stream of HTTP/2. */
interface Carrier {
  pause(): void
  resume(): void
  /** The call gives up. */
  abandon(): void
}

export interface CallOwner<Head, On extends Carrier> {
  /** The call's turn has come. */
  place(call: Call<Head, On>, nowMs: number): void
  /** The call was aborted while it waited. */
  leave(call: Call<Head, On>): void
}

/** One request on its way to an instance: waiting, then on its carrier, then over. */
export class Call<Head, On extends Carrier> implements UpstreamCall, Task {
  readonly request: UpstreamRequest
  readonly listener: UpstreamListener
  /** The header section in the form of the protocol, checked; there before the call is given a carrier. */
  head: Head | undefined
  /** On the monotonic clock, once the call has to wait. */
  waitingSinceMs = 0
  paused = false
  /** The listener has heard the last of it. */
  over = false
  carrier: On | null = null

  readonly #owner: CallOwner<Head, On>

  constructor(request: UpstreamRequest, listener: UpstreamListener, owner: CallOwner<Head, On>) {
    this.request = request
    this.listener = listener
    this.#owner = owner
  }

  run(nowMs: number): void {
    this.#owner.place(this, nowMs)
  }

  pause(): void {
    if (this.over || this.paused) return
    this.paused = true
    this.carrier?.pause()
  }

  resume(): void {
    if (this.over || !this.paused) return
    this.paused = false
    this.carrier?.resume()
  }

  abort(): void {
    if (this.over) return
    this.over = true
    if (this.carrier) this.carrier.abandon()
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
