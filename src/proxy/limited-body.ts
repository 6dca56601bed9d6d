import { type Readable, Transform } from 'node:stream'
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
  if (exchange.bodyLength === null) exchange.body = counted(exchange.body, limitBytes)
}

function counted(body: Readable, limitBytes: number): Readable {
  let bytes = 0
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes > limitBytes) done(tooLarge(limitBytes))
      else done(null, chunk)
    },
  })
  counter.on('error', () => undefined) // it may break after its reader has gone
  body.on('error', (error) => counter.destroy(error))
  body.on('aborted', () => counter.destroy(new Error('the client closed the connection')))
  return body.pipe(counter)
}

function tooLarge(limitBytes: number): GatewayError {
  return new GatewayError('GW_BODY_TOO_LARGE', `a request body is at most ${limitBytes} bytes here`)
}
