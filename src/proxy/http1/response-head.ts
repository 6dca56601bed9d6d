import { SP, TEXT } from '../tokens.ts'
import { violation } from '../violation.ts'
import { afterLineEnd, fieldCount, INCOMPLETE, scanFields, spans } from './fields.ts'

const PREFIX = Buffer.from('HTTP/1.')
const ZERO = 48

/** One response head, read in place: the next `parse` overwrites it, but for the array of headers, which is new each time. */
export class ResponseHeadParser {
  status = 0
  statusText = ''
  /** As received, but for a Content-Length that is repeated or overruled by Transfer-Encoding. */
  headers: string[] = []
  /** -1: none. */
  contentLength = -1
  chunked = false
  /** The peer will read another request from this connection, as far as the head says. */
  persistent = true
  /** How long the peer promises to keep the connection when idle; Infinity when it does not say. */
  keepAliveMs = Number.POSITIVE_INFINITY

  #minor = 1
  #lengthText = ''
  #sawClose = false
  #sawKeepAlive = false
  #keepAliveText = ''
  #keepAliveTextMs = Number.POSITIVE_INFINITY

  /**
   * @returns the offset behind the head that starts at `at`, or INCOMPLETE
   * @throws UpstreamError `protocol`
   */
  parse(input: Buffer, at: number): number {
    const lineEnd = this.#scanStatusLine(input, at)
    if (lineEnd === INCOMPLETE) return INCOMPLETE
    const end = scanFields(input, lineEnd)
    if (end === INCOMPLETE) return INCOMPLETE
    this.#take(input, at, lineEnd, end)
    return end
  }

  /** `HTTP/1.x SP 3DIGIT [SP reason] CRLF`; a missing SP before an empty reason is common and harmless. */
  #scanStatusLine(input: Buffer, start: number): number {
    const end = input.length
    for (let i = 0; i < PREFIX.length; i++) {
      if (start + i >= end) return INCOMPLETE
      if (input[start + i] !== PREFIX[i]) throw violation('no HTTP/1 status line')
    }
    const at = start + PREFIX.length
    if (end < at + 6) return INCOMPLETE
    const minor = input[at]! - ZERO
    if ((minor !== 0 && minor !== 1) || input[at + 1] !== SP) throw violation('an HTTP version other than 1.0 and 1.1')
    const status = digit(input[at + 2]!) * 100 + digit(input[at + 3]!) * 10 + digit(input[at + 4]!)
    if (status < 100) throw violation('a status below 100')
    this.status = status
    this.#minor = minor
    let reasonEnd = at + 5
    if (input[reasonEnd] === SP) while (reasonEnd < end && TEXT[input[reasonEnd]!] === 1) reasonEnd++
    return afterLineEnd(input, reasonEnd)
  }

  /** One string for the whole head, and slices of it: far cheaper than a decoding call per name and value. */
  #take(input: Buffer, start: number, lineEnd: number, end: number): void {
    const text = input.toString('latin1', start, end)
    this.statusText = text.slice(PREFIX.length + 6, lineEnd - start - 2)
    this.contentLength = -1
    this.chunked = false
    this.keepAliveMs = Number.POSITIVE_INFINITY
    this.#sawClose = this.#sawKeepAlive = false
    const headers: string[] = []
    let repeated = false
    for (let slot = 0, slots = fieldCount * 4; slot < slots; slot += 4) {
      const name = text.slice(spans[slot]! - start, spans[slot + 1]! - start)
      const value = text.slice(spans[slot + 2]! - start, spans[slot + 3]! - start)
      if (name.length === 10) this.#readConnection(name.toLowerCase(), value)
      else if (name.length === 14) repeated = this.#readLength(name.toLowerCase(), value) || repeated
      else if (name.length === 17) this.#readEncoding(name.toLowerCase(), value)
      headers.push(name, value)
    }
    this.headers = headers
    this.persistent = !this.#sawClose && (this.#minor === 1 || this.#sawKeepAlive)
    if (this.chunked && this.contentLength >= 0) this.#overruleLength()
    else if (repeated) this.headers = withoutLength(headers, 1)
  }

  #readConnection(name: string, value: string): void {
    if (name === 'connection') {
      const listed = value.toLowerCase()
      if (listed === 'keep-alive') this.#sawKeepAlive = true
      else if (listed === 'close') this.#sawClose = true
      else this.#readOptions(listed)
    } else if (name === 'keep-alive') {
      if (value !== this.#keepAliveText) {
        this.#keepAliveText = value
        this.#keepAliveTextMs = timeoutHintMs(value)
      }
      this.keepAliveMs = this.#keepAliveTextMs
    }
  }

  #readOptions(listed: string): void {
    const options = listed.split(',').map((option) => option.trim())
    if (options.includes('close')) this.#sawClose = true
    if (options.includes('keep-alive')) this.#sawKeepAlive = true
  }

  /** @returns true for a repetition of the same value */
  #readLength(name: string, value: string): boolean {
    if (name !== 'content-length') return false
    if (this.contentLength < 0) {
      this.contentLength = parseLength(value)
      this.#lengthText = value
      return false
    }
    if (value !== this.#lengthText) throw violation('two different Content-Length values')
    return true
  }

  #readEncoding(name: string, value: string): void {
    if (name !== 'transfer-encoding') return
    if (this.#minor === 0) throw violation('Transfer-Encoding in an HTTP/1.0 response')
    if (this.chunked || value.toLowerCase() !== 'chunked') throw violation('a Transfer-Encoding other than chunked')
    this.chunked = true
  }

  /** RFC 9112 6.3: Transfer-Encoding wins, and a peer that says both may be confused about where its next response starts. */
  #overruleLength(): void {
    this.headers = withoutLength(this.headers, 0)
    this.contentLength = -1
    this.persistent = false
  }
}

function digit(byte: number): number {
  const value = byte - ZERO
  if (value < 0 || value > 9) throw violation('a status that is not three digits')
  return value
}

function parseLength(value: string): number {
  if (value === '') throw violation('an empty Content-Length')
  let length = 0
  for (let i = 0; i < value.length; i++) {
    const value10 = value.charCodeAt(i) - ZERO
    if (value10 < 0 || value10 > 9) throw violation('a Content-Length that is not a number')
    length = length * 10 + value10
    if (length > Number.MAX_SAFE_INTEGER) throw violation('a Content-Length beyond 2^53')
  }
  return length
}

/** The first `keep` Content-Length fields stay. */
function withoutLength(headers: readonly string[], keep: number): string[] {
  const rest: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]!.toLowerCase() === 'content-length' && keep-- <= 0) continue
    rest.push(headers[i]!, headers[i + 1]!)
  }
  return rest
}

/** `timeout=5, max=100`: seconds to milliseconds. */
function timeoutHintMs(value: string): number {
  const seconds = /(?:^|[\s,])timeout=(\d{1,9})(?:$|[\s,])/i.exec(value)?.[1]
  return seconds === undefined ? Number.POSITIVE_INFINITY : Number(seconds) * 1000
}
