import { randomBytes } from 'node:crypto'
import { parseTarget } from '../routing/index.ts'
import type { Exchange } from './exchange.ts'
import { FieldNames, nominated } from './hop-by-hop.ts'
import { announced } from './trailers.ts'

/** Never sent on: about this connection only (RFC 9110 7.6.1), framing, which the transport writes anew, or set by us below. */
const NOT_FORWARDED = new FieldNames([
  'connection',
  'content-length',
  'expect',
  'forwarded',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy', // httpoxy: CGI turns it into HTTP_PROXY
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-request-id',
])

/** The header section that the instance sees: what the client sent, in its order and case, then what we say about it. */
export function requestHeaders(exchange: Exchange): string[] {
  const { rawHeaders, route } = exchange
  const host = hostOf(exchange)
  const headers = ['host', host]
  const listed = nominated(exchange.header('connection'))
  const routing = route?.dropHeaders ?? []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    if (NOT_FORWARDED.has(name) || listed?.has(name)) continue
    if (routing.length > 0 && routing.includes(name.toLowerCase())) continue
    headers.push(name, rawHeaders[i + 1]!)
  }
  addForwarding(headers, exchange, host)
  const trailers = exchange.trailers && announced(exchange.header('trailer'))
  if (trailers) headers.push('trailer', trailers)
  return headers
}

/** RFC 9112 3.2.2: the authority of a target in absolute-form replaces the Host field. */
function hostOf(exchange: Exchange): string {
  const { rawTarget } = exchange
  return (rawTarget.startsWith('/') ? undefined : parseTarget(rawTarget).authority) ?? exchange.header('host') ?? ''
}

function addForwarding(headers: string[], exchange: Exchange, host: string): void {
  const { peer, route } = exchange
  const proto = exchange.encrypted ? 'https' : 'http'
  const prefix = route?.prefix ?? ''
  if (exchange.peerTrusted) addToWhatWasSaid(headers, exchange, { proto, host, prefix })
  else {
    if (peer) headers.push('x-forwarded-for', peer.address)
    headers.push('x-forwarded-proto', proto, 'x-forwarded-host', host)
    if (prefix) headers.push('x-forwarded-prefix', prefix)
  }
  const via = exchange.header('via')
  const hop = exchange.httpVersion === '1.0' ? '1.0 portolan' : '1.1 portolan'
  headers.push('via', via ? `${via}, ${hop}` : hop, 'x-request-id', exchange.id)
  if (exchange.header('traceparent') === undefined) headers.push('traceparent', newTraceparent())
}

interface Own {
  readonly proto: string
  readonly host: string
  readonly prefix: string
}

/** A trusted peer's word stands; ours is added where the field is a list or a path. */
function addToWhatWasSaid(headers: string[], exchange: Exchange, own: Own): void {
  const said = (name: string) => exchange.header(`x-forwarded-${name}`)
  const address = exchange.peer?.address
  const chain = [said('for'), address].filter(Boolean).join(', ')
  if (chain) headers.push('x-forwarded-for', chain)
  headers.push('x-forwarded-proto', said('proto') ?? own.proto, 'x-forwarded-host', said('host') ?? own.host)
  const prefix = (said('prefix') ?? '') + own.prefix
  if (prefix) headers.push('x-forwarded-prefix', prefix)
}

// Made many at a time: one call for the system's random bytes, and text that needs no putting together when it is used.
const BATCH = 256
const ID_CHARACTERS = 48
let traceparents: string[] = []

/** W3C Trace Context 3.2, not sampled: it ties the log lines of a request together and asks nobody to record. */
function newTraceparent(): string {
  const made = traceparents.pop()
  if (made) return made
  const ids = randomBytes((BATCH * ID_CHARACTERS) / 2).toString('hex')
  traceparents = Array.from({ length: BATCH }, (_, i) =>
    traceparent(ids.slice(i * ID_CHARACTERS, (i + 1) * ID_CHARACTERS)),
  )
  return newTraceparent()
}

function traceparent(id: string): string {
  return ['00', id.slice(0, 32), id.slice(32), '00'].join('-')
}
