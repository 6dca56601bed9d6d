import { trust } from '../../../src/gateway/client-address.ts'
import { Exchange, type ForwardingSettings, GivenFields, RequestHeaders } from '../../../src/proxy/index.ts'
import { listOf } from '../../../src/proxy/lines.ts'
import type { Peer } from '../../../src/proxy/peer.ts'

export interface Asking {
  readonly method?: string
  /** null: no Host field. */
  readonly host?: string | null
  readonly httpVersion?: string
  readonly encrypted?: boolean
  readonly peer?: Partial<Peer>
  /** Networks whose word is believed. */
  readonly trusted?: readonly string[]
  readonly prefix?: string
  readonly settings?: Partial<ForwardingSettings>
}

/** What an instance is told of a request with these fields (`Name: value`), by lower-case name; several values joined by ` | `. */
export function told(fields: readonly string[], asking: Asking = {}) {
  const { host = 'gateway:80', trusted = [], prefix = '', settings } = asking
  const rawHeaders = [...(host === null ? [] : [`Host: ${host}`]), ...fields].flatMap((field) => {
    const colon = field.indexOf(':')
    return [field.slice(0, colon), field.slice(colon + 1).trim()]
  })
  const exchange = new Exchange({
    id: 'id-1',
    startedMs: 0,
    method: asking.method ?? 'GET',
    rawTarget: '/',
    fields: new GivenFields(rawHeaders, joined(rawHeaders)),
    httpVersion: asking.httpVersion ?? '1.1',
    encrypted: asking.encrypted ?? false,
    peer: { address: '10.0.0.1', ...asking.peer } as Peer,
    intake: undefined,
    body: null,
    bodyLength: null,
  })
  exchange.route = { service: 's', path: '/', prefix, mode: 'path', dropHeaders: [], middleware: undefined }
  trust(trusted)(exchange)
  const section = new RequestHeaders({ forwarded: false, subjectHeader: null, ...settings }).of(exchange)
  const headers = [...section.headers, ...listOf(`${section.lines.slice(2)}\r\n`), ...section.word!.fields]
  return (name: string) => headers.filter((_, i) => i % 2 === 1 && headers[i - 1]!.toLowerCase() === name).join(' | ')
}

/** As Node does it for most fields. */
function joined(rawHeaders: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase()
    headers[name] = name in headers ? `${headers[name]}, ${rawHeaders[i + 1]}` : rawHeaders[i + 1]!
  }
  return headers
}
