import type { Lease } from '../balancing/index.ts'
import { GatewayError } from '../errors.ts'
import { type Stallable, StallWatch } from './stall.ts'
import type { UpstreamCall, UpstreamError } from './transport.ts'

/** What a body comes from. */
export interface BodySource {
  /** How long it may stand still while somebody waits for it; undefined: as long as it likes. Asked once, when somebody does. */
  readonly stallTimeoutMs: number | undefined
  /** The request has moved since this was asked last: the answer may wait for more of it. */
  readonly requestMoved: boolean
  /** It has stood still for that long. */
  stalled(): void
}

/** Where a body goes. `write` says false when it wants no more for now; `UpstreamBody.resume` asks again. */
export interface BodySink {
  write(chunk: Buffer): boolean
  end(trailers: readonly string[]): void
  fail(error: Error): void
}

const HELD_BYTES = 64 * 1024

/** Which body a web stream stands for: how a response is recognised whose headers alone were changed. */
const bodies = new WeakMap<ReadableStream, UpstreamBody>()

/**
 * A response body on its way: held until somebody wants it, then passed on chunk by chunk, never faster than it is taken.
 * Ends the lease when it ends, breaks or is cancelled.
 */
export class UpstreamBody implements Stallable {
  readonly #call: UpstreamCall
  readonly #lease: Lease
  readonly #source: BodySource
  /** All of it, in latin1, where it is small and came at once; otherwise what came first, and what has come behind that. */
  #text: string | undefined
  #first: Buffer | undefined
  #more: Buffer[] | undefined
  #heldBytes = 0
  #ending: { readonly trailers: readonly string[] } | { readonly error: Error } | undefined
  #sink: BodySink | undefined
  #watch: StallWatch | undefined
  /** The sink wants no more for now: that nothing comes is its doing. */
  #paused = false

  constructor(call: UpstreamCall, lease: Lease, source: BodySource) {
    this.#call = call
    this.#lease = lease
    this.#source = source
  }

  static of(stream: ReadableStream | null): UpstreamBody | undefined {
    return stream ? bodies.get(stream) : undefined
  }

  /** True while nothing has come yet and nobody waits for it. */
  get idle(): boolean {
    return this.#first === undefined && this.#text === undefined && this.#ending === undefined
  }

  /** All of the body, if all of it has come, nobody has begun to take it and it has no trailers: the everyday small answer. */
  takeWhole(): Buffer | undefined {
    if (!this.#isWhole()) return undefined
    const held = this.#takeHeld()
    return held.length === 1 ? held[0] : Buffer.concat(held)
  }

  /** The same in latin1, if it has come so. */
  takeText(): string | undefined {
    return this.#isWhole() ? this.#text : undefined
  }

  #isWhole(): boolean {
    return !this.#sink && this.#ending !== undefined && 'trailers' in this.#ending && this.#ending.trailers.length === 0
  }

  /** Of all of the body, in latin1. */
  pushText(text: string): void {
    if (this.#sink) this.push(Buffer.from(text, 'latin1'))
    else this.#text = text
  }

  push(chunk: Buffer): void {
    if (this.#sink) {
      if (this.#watch) this.#watch.moved = true
      if (!this.#sink.write(chunk)) this.#pause()
      return
    }
    if (!this.#first) this.#first = chunk
    else if (!this.#more) this.#more = [chunk]
    else this.#more.push(chunk)
    this.#heldBytes += chunk.length
    if (this.#heldBytes >= HELD_BYTES) this.#call.pause()
  }

  end(trailers: readonly string[]): void {
    this.#close()
    this.#ending = { trailers }
    this.#sink?.end(trailers)
  }

  fail(error: UpstreamError): void {
    this.#close()
    this.#ending = { error }
    this.#sink?.fail(error)
  }

  /** Hands over what is held and everything that follows. Once only. */
  flowInto(sink: BodySink): void {
    this.#sink = sink
    let wantsMore = true
    for (const chunk of this.#takeHeld()) wantsMore = sink.write(chunk)
    if (!this.#ending) {
      this.#startWatch()
      if (wantsMore) this.#call.resume()
      else this.#pause()
    } else if ('error' in this.#ending) sink.fail(this.#ending.error)
    else sink.end(this.#ending.trailers)
  }

  resume(): void {
    this.#paused = false
    if (this.#watch) this.#watch.moved = true
    this.#call.resume()
  }

  /** Nobody wants the rest. Whoever still waits for it is told so. Harmless when the body has ended. */
  cancel(): void {
    if (this.#ending) return
    this.#close()
    const error = new GatewayError('GW_CLIENT_CLOSED', 'the client closed the connection')
    this.#ending = { error }
    this.#call.abort()
    this.#sink?.fail(error)
  }

  /** Somebody waits for more of it. */
  get awaited(): boolean {
    return !this.#paused && !this.#source.requestMoved
  }

  stalled(): void {
    this.#source.stalled()
  }

  #takeHeld(): Buffer[] {
    const first = this.#text === undefined ? this.#first : Buffer.from(this.#text, 'latin1')
    const held = first ? [first, ...(this.#more ?? [])] : []
    this.#text = this.#first = this.#more = undefined
    return held
  }

  #pause(): void {
    this.#paused = true
    this.#call.pause()
  }

  #startWatch(): void {
    const timeoutMs = this.#source.stallTimeoutMs
    if (timeoutMs !== undefined) this.#watch = new StallWatch(timeoutMs, this)
  }

  #close(): void {
    this.#lease.end()
    this.#watch?.stop()
  }

  /** The body as Fetch knows it. Nothing is read before somebody reads, so that the body can still go straight to the client. */
  stream(): ReadableStream<Uint8Array> {
    let started = false
    const stream = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          if (started) this.resume()
          else this.flowInto(webSink(controller))
          started = true
        },
        cancel: () => this.cancel(),
      },
      { highWaterMark: 0 },
    )
    bodies.set(stream, this)
    return stream
  }
}

function webSink(controller: ReadableStreamDefaultController<Uint8Array>): BodySink {
  return {
    write(chunk) {
      controller.enqueue(chunk)
      return (controller.desiredSize ?? 0) > 0
    },
    end: () => controller.close(),
    fail: (error) => controller.error(error),
  }
}
