import { type Readable, Transform, type TransformCallback } from 'node:stream'
import { GatewayError } from '../errors.ts'
import type { Exchange } from './exchange.ts'

/**
 * Holds the request body to `limitBytes`: at once when its length was told, else while it flows.
 *
 * @throws GW_BODY_TOO_LARGE when the told length is over the limit
 */
export function limitBody(exchange: Exchange, limitBytes: number | null): void {
  if (limitBytes === null || !exchange.body) return
  if ((exchange.bodyLength ?? 0) > limitBytes) throw tooLarge(limitBytes)
  // One whose length is not told is a stream of Node's, all of it.
  if (exchange.bodyLength === null) exchange.body = counted(exchange.body as Readable, limitBytes)
}

function counted(body: Readable, limitBytes: number): Readable {
  const counter = new CountedBody(body, limitBytes)
  counter.on('error', () => undefined) // it may break after its reader has gone
  body.on('error', (error) => counter.destroy(error))
  body.on('aborted', () => counter.destroy(new Error('the client closed the connection')))
  return counter
}

/** Takes nothing of the body before somebody reads: its client may wait to be asked for it. */
class CountedBody extends Transform {
  readonly #body: Readable
  readonly #limitBytes: number
  #bytes = 0
  #piped = false

  constructor(body: Readable, limitBytes: number) {
    super()
    this.#body = body
    this.#limitBytes = limitBytes
  }

  override _read(size: number): void {
    if (!this.#piped) this.#body.pipe(this)
    this.#piped = true
    super._read(size)
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#bytes += chunk.length
    if (this.#bytes > this.#limitBytes) done(tooLarge(this.#limitBytes))
    else done(null, chunk)
  }
}

function tooLarge(limitBytes: number): GatewayError {
  return new GatewayError('GW_BODY_TOO_LARGE', `a request body is at most ${limitBytes} bytes here`)
}
