import { fieldCount, spans } from './fields.ts'

/** What must not be merged or believed when it comes after the body: framing, routing, authentication, controls (RFC 9110 6.5.1). */
export const FORBIDDEN_TRAILERS = new Set([
  'authentication-info',
  'authorization',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'host',
  'keep-alive',
  'location',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'www-authenticate',
])

export const NO_TRAILERS: readonly string[] = Object.freeze([])

/** The fields of the last `scanFields` over `input` that may be trailers, flat. */
export function takeTrailers(input: Buffer): readonly string[] {
  if (fieldCount === 0) return NO_TRAILERS
  const trailers: string[] = []
  for (let slot = 0; slot < fieldCount * 4; slot += 4) {
    const name = input.toString('latin1', spans[slot], spans[slot + 1])
    if (FORBIDDEN_TRAILERS.has(name.toLowerCase())) continue
    trailers.push(name, input.toString('latin1', spans[slot + 2], spans[slot + 3]))
  }
  return trailers
}
