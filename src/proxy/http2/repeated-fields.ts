import type { Http2Stream, OutgoingHttpHeaders } from 'node:http2'

/** Whether Node has refused to send a field twice, of which it thinks that there can be only one. */
export function isRepetition(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_HTTP2_HEADER_SINGLE_VALUE'
}

/** The same with one line for each name, which RFC 9110 5.3 allows, but for `Set-Cookie`. */
export function combined(fields: OutgoingHttpHeaders): OutgoingHttpHeaders {
  for (const [name, value] of Object.entries(fields))
    if (Array.isArray(value) && name !== 'set-cookie') fields[name] = value.join(name === 'cookie' ? '; ' : ', ')
  return fields
}

/** Sends what follows a body, when Node asks for it; without fields, too. */
export function sendTrailers(stream: Http2Stream, fields: OutgoingHttpHeaders): void {
  try {
    stream.sendTrailers(fields)
  } catch (error) {
    if (!isRepetition(error)) throw error
    stream.sendTrailers(combined(fields))
  }
}
