import type { IncomingMessage } from 'node:http'
import type { LimitsConfig } from '../config/types.ts'
import { GatewayError } from '../errors.ts'
import { isHost } from '../proxy/index.ts'

/** In the words of HTTP/1, whatever it came by. */
type RequestHead = Pick<IncomingMessage, 'headers' | 'httpVersion' | 'method' | 'url'> & {
  readonly rawHeaders: readonly string[]
}

/**
 * What Node's parser of HTTP/1 lets through and a gateway must not: framing or routing that the next hop could read in another way.
 *
 * @returns why the request is refused, or undefined
 */
export function refuse(incoming: RequestHead, limits: LimitsConfig): GatewayError | undefined {
  const { rawHeaders, headers, httpVersion } = incoming
  const excess = excessOf(incoming, limits)
  if (excess) return excess
  // RFC 9112 2.3: the parser knows more protocols, and leaves them to us.
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return bad('neither HTTP/1.1 nor HTTP/1.0')
  if (countHosts(rawHeaders) > 1) return bad('more than one Host field')
  // RFC 9112 6.1: codings other than `chunked` are not understood, and HTTP/1.0 knows none.
  const coding = headers['transfer-encoding']
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || httpVersion === '1.0')) {
    return bad('the only Transfer-Encoding that is understood is chunked, in HTTP/1.1')
  }
  if (headers.expect !== undefined && httpVersion === '1.1' && !isUnderstood(headers.expect)) {
    return new GatewayError('GW_EXPECTATION_FAILED', 'the only expectation that is understood is 100-continue')
  }
  return refuseHead(incoming)
}

/** The same for what all protocols have, once its size is within the limits. */
export function refuseHead({ headers, httpVersion, method, url = '' }: RequestHead): GatewayError | undefined {
  if (headers.host === undefined && httpVersion !== '1.0') return bad('no Host field')
  if (headers.host !== undefined && !isHost(headers.host)) return bad('the Host field is not a host')
  const ofTheGateway = url === '*' && method === 'OPTIONS'
  if (!url.startsWith('/') && !ofTheGateway && !isHost(authorityOf(url) ?? '')) {
    return bad('the request target is neither a path nor an http URL with a host')
  }
  return undefined
}

export function excessOf({ rawHeaders, url = '' }: RequestHead, limits: LimitsConfig): GatewayError | undefined {
  const { headerCount, urlBytes } = limits
  // Node 20 stops listing fields after about a thousand but goes on framing by those that follow.
  if (rawHeaders.length > 2 * headerCount) {
    return new GatewayError('GW_HEADERS_TOO_LARGE', `a request has at most ${headerCount} header fields here`)
  }
  if (url.length <= urlBytes) return undefined
  return new GatewayError('GW_URL_TOO_LONG', `a request target is at most ${urlBytes} bytes here`)
}

/** RFC 3986 3.1: capital letters in a scheme mean the same. The adapter between Node and Fetch knows small ones only. */
export function normaliseScheme(incoming: IncomingMessage): void {
  const { url = '' } = incoming
  if (!url.startsWith('/')) incoming.url = url.replace(/^https?:/i, (scheme) => scheme.toLowerCase())
}

/** RFC 9110 10.1.1. */
function isUnderstood(expectations: string): boolean {
  return expectations.split(',').every((expectation) => expectation.trim().toLowerCase() === '100-continue')
}

export function bad(detail: string): GatewayError {
  return new GatewayError('GW_BAD_REQUEST', detail)
}

function countHosts(rawHeaders: readonly string[]): number {
  let hosts = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  return hosts
}

/** Of a target in absolute-form, which replaces the Host field: RFC 9112 3.2.2. */
function authorityOf(url: string): string | undefined {
  return /^https?:\/\/([^/?#]*)/i.exec(url)?.[1]
}
