import { STATUS_CODES } from 'node:http'
import { NO_TRAILERS, trailersOf } from '../headers/trailers.ts'
import type { ResponseHead } from '../transport.ts'
import { violation } from '../violation.ts'

/**
 * A response head out of the fields of a HEADERS frame, which nghttp2 has checked (RFC 9113 8.2, 8.3.2): flat, in latin1, and
 * `:status` among them. The reason phrase, which HTTP/2 has not, is the usual one.
 *
 * @throws UpstreamError `protocol` without a status
 */
export function responseHead(fields: readonly string[]): ResponseHead {
  let status = 0
  const headers: string[] = []
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!
    if (name === ':status') status = Number(fields[i + 1])
    else headers.push(name, fields[i + 1]!)
  }
  if (!(status >= 100 && status <= 999)) throw violation('a status that is not three digits')
  return { status, statusText: STATUS_CODES[status] ?? '', headers }
}

/** The fields of a trailer section that may be trailers, flat. */
export function responseTrailers(fields: readonly string[]): readonly string[] {
  const trailers = trailersOf(fields)
  return trailers.length > 0 ? trailers : NO_TRAILERS
}
