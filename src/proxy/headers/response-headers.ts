import type { ResponseHead } from '../transport.ts'
import { FieldNames, nominated } from './hop-by-hop.ts'
import { announced } from './trailers.ts'

/** Of an instance's answer, what clients are not sent on. */
export const NOT_SENT_ON = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
] as const

const NOT_FORWARDED = new FieldNames(NOT_SENT_ON)

const TRAILER = 'trailer'
const EVENT_STREAM = 'text/event-stream'

/**
 * The header section that the client sees: the instance's own, less what was about our connection to it.
 *
 * `takesTrailers`: the client can be told which fields will follow a chunked body.
 */
export function responseHeaders({ status, headers: received }: ResponseHead, takesTrailers: boolean): string[] {
  const listed = nominated(fieldValue(received, 'connection'))
  const headers: string[] = []
  let announces = false
  for (let i = 0; i < received.length; i += 2) {
    const name = received[i]!
    if (NOT_FORWARDED.has(name) || listed?.has(name)) {
      announces ||= name.length === TRAILER.length && name.toLowerCase() === TRAILER
      continue
    }
    // RFC 9110 8.6: neither a 204 nor an interim response has a length to tell.
    if ((status === 204 || status < 200) && name.toLowerCase() === 'content-length') continue
    headers.push(name, received[i + 1]!)
  }
  if (announces && takesTrailers) announce(headers, status, received)
  return headers
}

/** Node takes it for an error to announce them where they can not follow. */
function announce(headers: string[], status: number, received: readonly string[]): void {
  const names = announced(fieldValue(received, TRAILER))
  const chunked = status !== 204 && status !== 304 && fieldValue(received, 'transfer-encoding') !== undefined
  if (names && chunked) headers.push(TRAILER, names)
}

/** Whether the body is an event stream: it lasts for as long as somebody listens. */
export function isEventStream(head: ResponseHead): boolean {
  const type = contentType(head)
  return type !== undefined && type.slice(0, EVENT_STREAM.length).toLowerCase() === EVENT_STREAM
}

/** Whether the body may rightly be silent for as long as it likes: an event stream, or a stream of gRPC. */
export function mayFallSilent(head: ResponseHead): boolean {
  return isEventStream(head) || (contentType(head)?.toLowerCase().startsWith('application/grpc') ?? false)
}

function contentType(head: ResponseHead): string | undefined {
  return head.plain ? head.plain.contentType : fieldValue(head.headers, 'content-type')
}

function fieldValue(received: readonly string[], lowerName: string): string | undefined {
  let value: string | undefined
  for (let i = 0; i < received.length; i += 2) {
    const name = received[i]!
    if (name.length !== lowerName.length || name.toLowerCase() !== lowerName) continue
    value = value === undefined ? received[i + 1]! : `${value},${received[i + 1]}`
  }
  return value
}
