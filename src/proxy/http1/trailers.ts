import { mayTrail, NO_TRAILERS } from '../headers/trailers.ts'
import { isText, isToken } from '../tokens.ts'
import { fieldCount, spans } from './fields.ts'

/** The fields of the last `scanFields` over `input` that may be trailers, flat. */
export function takeTrailers(input: Buffer): readonly string[] {
  if (fieldCount === 0) return NO_TRAILERS
  const trailers: string[] = []
  for (let slot = 0; slot < fieldCount * 4; slot += 4) {
    const name = input.toString('latin1', spans[slot], spans[slot + 1])
    if (mayTrail(name)) trailers.push(name, input.toString('latin1', spans[slot + 2], spans[slot + 3]))
  }
  return trailers
}

/** The end of a chunked body (RFC 9112 7.1), latin1, without what could end a line early. */
export function lastChunk(trailers: readonly string[] = NO_TRAILERS): string {
  let text = '0\r\n'
  for (let i = 0; i < trailers.length; i += 2) {
    const name = trailers[i]!
    const value = trailers[i + 1]!
    if (isToken(name) && isText(value)) text += `${name}: ${value}\r\n`
  }
  return `${text}\r\n`
}
