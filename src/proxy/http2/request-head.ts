import type { OutgoingHttpHeaders } from 'node:http2'
import { listOf } from '../lines.ts'
import { ownCopy } from '../own-copy.ts'
import { isTarget, isText, isToken } from '../tokens.ts'
import type { UpstreamRequest } from '../transport.ts'
import { violation } from '../violation.ts'

const MAX_KNOWN = 1024
const MAX_KNOWN_LENGTH = 64

/** About one connection, which HTTP/2 says by other means: a request with one of them is malformed (RFC 9113 8.2.2). */
const NEVER = ['connection', 'http2-settings', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']

/** Names that have passed, to how they are written; empty: not at all. Bounded, as names come from clients. */
const known = new Map<string, string>(NEVER.map((name) => [name, '']))

export interface Origin {
  readonly scheme: 'http' | 'https'
  /** For a request that names no host. */
  readonly authority: string
}

/**
 * The header section of a request as `node:http2` takes it (RFC 9113 8.3.1), with the length of the body.
 *
 * @throws UpstreamError `protocol` for what is no HTTP, or contradicts the framing
 */
export function requestHead(request: UpstreamRequest, { scheme, authority }: Origin): OutgoingHttpHeaders {
  const { method, path, bodyLength } = request
  const headers = headersOf(request)
  if (!isToken(method)) throw violation('the method is not a token')
  if (!isTarget(path)) throw violation('the path is empty or holds a blank or a control character')
  if (headers.length % 2 !== 0) throw violation('a header without a value')
  const head: OutgoingHttpHeaders = Object.create(null)
  head[':method'] = method
  head[':scheme'] = scheme
  head[':path'] = path
  head[':authority'] = authority
  for (let i = 0; i < headers.length; i += 2) {
    const value = headers[i + 1]!
    if (!isText(value)) throw violation('a header value holds a control character')
    add(head, known.get(headers[i]!) ?? learn(headers[i]!), value)
  }
  if (bodyLength !== null) head['content-length'] = String(bodyLength)
  if (request.expectsContinue) head.expect = '100-continue'
  return head
}

function headersOf({ headers, lines, word }: UpstreamRequest): readonly string[] {
  return [...headers, ...(lines === '' ? [] : listOf(`${lines.slice(2)}\r\n`)), ...(word?.fields ?? [])]
}

/** Trailers as `node:http2` takes them. */
export function requestTrailers(trailers: readonly string[]): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = Object.create(null)
  for (let i = 0; i < trailers.length; i += 2) {
    const name = trailers[i]!.toLowerCase()
    if (isToken(name) && isText(trailers[i + 1]!) && known.get(name) !== '') add(fields, name, trailers[i + 1]!)
  }
  return fields
}

function add(head: OutgoingHttpHeaders, name: string, value: string): void {
  if (name === '') return
  if (name === 'host') {
    if (value !== '') head[':authority'] = value
  } else if (name === 'te') {
    if (/(?:^|,)\s*trailers\s*(?:$|[,;])/i.test(value)) head.te = 'trailers'
  } else {
    const before = head[name]
    if (before === undefined) head[name] = value
    else if (Array.isArray(before)) before.push(value)
    else head[name] = [before as string, value]
  }
}

function learn(name: string): string {
  if (!isToken(name)) throw violation('a header name is not a token')
  const lower = name.toLowerCase()
  if (lower === 'content-length') throw violation('framing is not for headers to say')
  const written = known.get(lower) ?? lower
  if (known.size < MAX_KNOWN && name.length <= MAX_KNOWN_LENGTH) known.set(ownCopy(name), ownCopy(written))
  return written
}
