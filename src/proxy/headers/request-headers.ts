import { parseTarget } from '../../routing/index.ts'
import type { Exchange } from '../exchange.ts'
import { ownCopy } from '../own-copy.ts'
import type { UpstreamRequest } from '../transport.ts'
import { FieldNames, nominated, withTwins } from './hop-by-hop.ts'
import { isTraceparent, newTraceparent } from './trace-context.ts'
import { announced } from './trailers.ts'
import { type ForwardingSettings, Words } from './words.ts'

/** Never sent on: about this connection only (RFC 9110 7.6.1), framing, which the transport writes anew, or set by us below. */
const NOT_FORWARDED = [
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
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-real-ip',
  'x-request-id',
]

/** What frameworks and servers take for the word of a proxy: from others than trusted ones it is somebody's invention. */
const NOT_OF_STRANGERS = [
  'x-forwarded-by',
  'x-forwarded-method',
  'x-forwarded-scheme',
  'x-forwarded-server',
  'x-forwarded-ssl',
  'x-forwarded-tls-client-cert',
  'x-forwarded-tls-client-cert-info',
  'x-forwarded-uri',
]

/** Of no use, alone or broken. */
const TRACE = ['traceparent', 'tracestate']

const NONE: readonly string[] = []

export type HeaderSection = Pick<UpstreamRequest, 'headers' | 'lines' | 'word'>

/** What the instances of a gateway are told in the header section of a request, and after its body. */
export class RequestHeaders {
  readonly #words: Words
  /** By whether the peer is trusted, and whether its trace is carried on. */
  readonly #dropped: readonly FieldNames[]
  /** What nobody but the gateway may say, wherever. */
  readonly #vouched: FieldNames | null

  constructor(settings: ForwardingSettings) {
    const { subjectHeader } = settings
    const always = subjectHeader === null ? NOT_FORWARDED : [...NOT_FORWARDED, subjectHeader]
    this.#words = new Words(settings)
    this.#vouched = subjectHeader === null ? null : new FieldNames(withTwins([subjectHeader]))
    this.#dropped = [
      [...NOT_OF_STRANGERS, ...TRACE],
      NOT_OF_STRANGERS, //
      TRACE,
      [],
    ].map((names) => new FieldNames(withTwins([...always, ...names])))
  }

  /** The header section that the instance sees: what the client sent, in its order and case, and what we say about it. */
  of(exchange: Exchange): HeaderSection {
    const host = hostOf(exchange)
    // HTTP/1.0 knows requests without one; the instance is asked in HTTP/1.1.
    const headers = ['host', host || exchange.service]
    const listed = nominated(exchange.header('connection'))
    const traced = carriesTrace(exchange, listed)
    const dropped = this.#dropped[(exchange.peerTrusted ? 2 : 0) + (traced ? 1 : 0)]!
    const routing = exchange.route?.dropHeaders ?? NONE
    const isPassedOn = listed === undefined && !countsHops(exchange)
    const lines = isPassedOn ? exchange.fields.linesWithout(dropped, routing) : undefined
    if (lines === undefined) addFields(headers, exchange, listed ? [dropped, listed] : [dropped], routing)
    if (takesTrailers(exchange)) headers.push('te', 'trailers')
    const trailers = exchange.trailers && announced(exchange.header('trailer'))
    if (trailers) headers.push('trailer', trailers)
    return { headers, lines: ownLines(exchange, traced) + (lines ?? ''), word: this.#words.on(exchange, host) }
  }

  /** What follows the body, to be asked for at its end; null: nothing can. */
  trailersOf({ trailers }: Exchange): UpstreamRequest['trailers'] {
    const vouched = this.#vouched
    if (!trailers || !vouched) return trailers
    return () => {
      const received = trailers()
      return received.filter((_, i) => !vouched.has(received[i - (i % 2)]!))
    }
  }
}

/** As they are known to be good, they are not put together of names and values to be checked. */
function ownLines({ id }: Exchange, traced: boolean): string {
  return traced ? `\r\nx-request-id: ${id}` : `\r\ntraceparent: ${newTraceparent()}\r\nx-request-id: ${id}`
}

/** One by one. */
function addFields(
  headers: string[],
  exchange: Exchange,
  dropped: readonly FieldNames[],
  routing: readonly string[],
): void {
  const { rawHeaders } = exchange
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    if (dropped.some((names) => names.has(name)) || routing.includes(name.toLowerCase())) continue
    headers.push(name, rawHeaders[i + 1]!)
  }
  if (countsHops(exchange)) countDown(headers)
}

/** RFC 9112 3.2.2: the authority of a target in absolute-form replaces the Host field. */
export function hostOf(exchange: Exchange): string {
  const { rawTarget } = exchange
  const authority = rawTarget.startsWith('/') ? undefined : parseTarget(rawTarget).authority
  return authority === undefined ? (exchange.header('host') ?? '') : ownCopy(authority)
}

/** W3C Trace Context 3.3: a `tracestate` without a valid `traceparent` means nothing, and is not passed on. */
function carriesTrace(exchange: Exchange, listed: FieldNames | undefined): boolean {
  const traceparent = exchange.header('traceparent')
  return traceparent !== undefined && isTraceparent(traceparent) && listed?.has('traceparent') !== true
}

/** RFC 9110 10.1.4: whether the client says so, and there is a way to bring them. */
function takesTrailers(exchange: Exchange): boolean {
  const te = exchange.header('te')
  if (te === undefined || !exchange.takesTrailers || exchange.upgrade !== null) return false
  return te === 'trailers' || /(?:^|,)\s*trailers\s*(?:,|$)/i.test(te)
}

/** RFC 9110 7.6.2: `Max-Forwards` has a meaning for these only. */
function countsHops(exchange: Exchange): boolean {
  const { method } = exchange
  return (method === 'OPTIONS' || method === 'TRACE') && exchange.header('max-forwards') !== undefined
}

function countDown(headers: string[]): void {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]!.toLowerCase() !== 'max-forwards' || !/^\d+$/.test(headers[i + 1]!)) continue
    headers[i + 1] = String(Math.min(Number(headers[i + 1]), Number.MAX_SAFE_INTEGER) - 1)
  }
}
