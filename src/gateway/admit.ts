import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../errors.ts'
import { isHost } from '../proxy/index.ts'

// Node 20 stops listing fields after about a thousand but goes on framing by those that follow.
const MAX_FIELDS = 200

/**
 * What Node's parser lets through and a gateway must not: framing or routing that the next hop could read in another way.
 *
 * @returns why the request is refused, or undefined
 */
export function refuse(incoming: IncomingMessage): GatewayError | undefined {
  const { rawHeaders, headers, httpVersion, method, url = '' } = incoming
  if (rawHeaders.length > 2 * MAX_FIELDS) {
    return new GatewayError('GW_HEADERS_TOO_LARGE', `a request has at most ${MAX_FIELDS} header fields here`)
  }
  if (countHosts(rawHeaders) > 1) return bad('more than one Host field')
  if (headers.host === undefined && httpVersion !== '1.0') return bad('no Host field')
  if (headers.host !== undefined && !isHost(headers.host)) return bad('the Host field is not a host')
  // RFC 9112 6.1: codings other than `chunked` are not understood, and HTTP/1.0 knows none.
  const coding = headers['transfer-encoding']
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || httpVersion === '1.0')) {
    return bad('the only Transfer-Encoding that is understood is chunked, in HTTP/1.1')
  }
  const ofTheGateway = url === '*' && method === 'OPTIONS'
  if (!url.startsWith('/') && !isAbsolute(url) && !ofTheGateway) return bad('the request target is not a path')
  return undefined
}

function bad(detail: string): GatewayError {
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

function isAbsolute(url: string): boolean {
  return url.startsWith('http://') || url.startsWith('https://')
}
