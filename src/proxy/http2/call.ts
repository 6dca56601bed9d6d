import type { OutgoingHttpHeaders } from 'node:http2'
import type { UpstreamCall, UpstreamError, UpstreamListener, UpstreamRequest } from '../transport.ts'
import type { Task } from '../turn.ts'
import type { CallStream } from './call-stream.ts'

export interface CallOwner {
  /** The call's turn has come. */
  place(call: Call): void
  /** The call was aborted while it waited. */
  leave(call: Call): void
}

/** One request on its way: waiting, then on a stream, then over. */
export class Call implements UpstreamCall, Task {
  readonly request: UpstreamRequest
  readonly listener: UpstreamListener
  /** Checked, before there is a stream. */
  head: OutgoingHttpHeaders | undefined
  waited = false
  paused = false
  /** The listener has heard the last of it. */
  over = false
  stream: CallStream | null = null

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
    this.stream?.pause()
  }

  resume(): void {
    if (this.over || !this.paused) return
    this.paused = false
    this.stream?.resume()
  }

  abort(): void {
    if (this.over) return
    this.over = true
    if (this.stream) this.stream.abandon()
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
