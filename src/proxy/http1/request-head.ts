import { ownCopy } from '../own-copy.ts'
import { isTarget, isText, isToken } from '../tokens.ts'
import type { UpstreamRequest } from '../transport.ts'
import { violation } from '../violation.ts'

const MAX_KNOWN = 1024
const MAX_KNOWN_LENGTH = 64
/** Names that have passed, with what is before and behind them. Bounded, as names come from clients. */
const known = new Map([['te', '\r\nconnection: te\r\nte: ']]) // RFC 9110 10.1.4: it is about this connection

/**
 * The request head as it goes on the wire, latin1, with the framing of the body.
 *
 * @throws UpstreamError `protocol` for anything that could end a line early, start another field or contradict the framing
 */
export function requestHead(request: UpstreamRequest): string {
  const { method, path, headers, lines, word, body, bodyLength, upgrade } = request
  if (!isToken(method)) throw violation('the method is not a token')
  if (!isTarget(path)) throw violation('the path is empty or holds a blank or a control character')
  let head = `${method} ${path} HTTP/1.1${linesOf(headers)}${lines}`
  if (word !== null) head += word.lines ??= ownCopy(linesOf(word.fields))
  if (asksFirst(request)) head += '\r\nexpect: 100-continue'
  if (upgrade !== null) head += upgradeLines(upgrade)
  if (bodyLength !== null) return `${head}\r\ncontent-length: ${bodyLength}\r\n\r\n`
  return body === null ? `${head}\r\n\r\n` : `${head}\r\ntransfer-encoding: chunked\r\n\r\n`
}

function linesOf(headers: readonly string[]): string {
  if (headers.length % 2 !== 0) throw violation('a header without a value')
  let lines = ''
  for (let i = 0; i < headers.length; i += 2) {
    const value = headers[i + 1]!
    if (!isText(value)) throw violation('a header value holds a control character')
    lines += (known.get(headers[i]!) ?? learn(headers[i]!)) + value
  }
  return lines
}

/** The client waits to be told to go on with its body, and nothing of that has come nevertheless (RFC 9110 10.1.1). */
export function asksFirst({ expectsContinue, body }: UpstreamRequest): boolean {
  return expectsContinue && body !== null && body.readableLength === 0 && !body.readableEnded
}

/** RFC 9110 7.8. */
function upgradeLines(protocol: string): string {
  if (!isText(protocol)) throw violation('the protocol to switch to holds a control character')
  return `\r\nconnection: upgrade\r\nupgrade: ${protocol}`
}

function learn(name: string): string {
  if (!isToken(name)) throw violation('a header name is not a token')
  const lower = name.toLowerCase()
  if (lower === 'content-length' || lower === 'transfer-encoding') throw violation('framing is not for headers to say')
  const start = `\r\n${name}: `
  if (known.size < MAX_KNOWN && name.length <= MAX_KNOWN_LENGTH) known.set(ownCopy(name), ownCopy(start))
  return start
}
