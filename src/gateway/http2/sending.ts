import type { OutgoingHttpHeaders, ServerHttp2Stream, ServerStreamResponseOptions } from 'node:http2'
import { combined, FieldNames, isRepetition } from '../../proxy/index.ts'

/** RFC 9113 8.2.2: not in HTTP/2. */
const OF_THE_CONNECTION = new FieldNames([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
])

/**
 * Fields for Node's HTTP/2: lower case, without what is about a connection. Repeated ones stay apart and in order.
 *
 * @param headers flat, names in any case
 */
export function fieldsOf(headers: readonly string[]): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = Object.create(null)
  for (let i = 0; i < headers.length; i += 2) {
    if (OF_THE_CONNECTION.has(headers[i]!)) continue
    const name = headers[i]!.toLowerCase()
    const value = headers[i + 1]!
    const before = fields[name]
    if (before === undefined) fields[name] = value
    else if (Array.isArray(before)) before.push(value)
    else fields[name] = [before as string, value]
  }
  return fields
}

/** Sends the head of an answer. @throws Error when it has a status that Node will not send */
export function respond(
  stream: ServerHttp2Stream,
  status: number,
  fields: OutgoingHttpHeaders,
  how: ServerStreamResponseOptions,
): void {
  fields[':status'] = status
  try {
    stream.respond(fields, how)
  } catch (error) {
    if (!isRepetition(error)) throw error
    stream.respond(combined(fields), how)
  }
}

/** Sends a head before that of the answer. */
export function inform(stream: ServerHttp2Stream, status: number, headers: readonly string[]): void {
  const fields = combined(fieldsOf(headers))
  fields[':status'] = status
  stream.additionalHeaders(fields)
}
