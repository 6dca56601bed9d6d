import { FieldNames, nominated } from './hop-by-hop.ts'
import type { ResponseHead } from './transport.ts'

const NOT_FORWARDED = new FieldNames([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const EVENT_STREAM = 'text/event-stream'

/** The header section that the client sees: the instance's own, less what was about our connection to it. */
export function responseHeaders({ status, headers: received }: ResponseHead): string[] {
  const listed = nominated(fieldValue(received, 'connection'))
  const headers: string[] = []
  for (let i = 0; i < received.length; i += 2) {
    const name = received[i]!
    if (NOT_FORWARDED.has(name) || listed?.has(name)) continue
    // RFC 9110 8.6: a 204 has no length to tell.
    if (status === 204 && name.toLowerCase() === 'content-length') continue
    headers.push(name, received[i + 1]!)
  }
  return headers
}

/** Whether the body is an event stream: it lasts for as long as somebody listens. */
export function isEventStream(received: readonly string[]): boolean {
  const type = fieldValue(received, 'content-type')
  return type !== undefined && type.slice(0, EVENT_STREAM.length).toLowerCase() === EVENT_STREAM
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
