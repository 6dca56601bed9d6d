import { NOT_SENT_ON } from '../headers/response-headers.ts'
import { SP, TEXT } from '../tokens.ts'
import { violation } from '../violation.ts'
import { afterLineEnd, fieldCount, INCOMPLETE, scanFields, spans } from './fields.ts'
import { ReceivedHead } from './received-head.ts'
import { SoughtNames } from './sought-names.ts'

const PREFIX = Buffer.from('HTTP/1.')
const ZERO = 48

/** What clients are not sent on, and what is asked of every answer. */
const SOUGHT = new SoughtNames([...NOT_SENT_ON, 'content-length', 'content-type', 'date'])

/** Reads response heads, one after the other. What it says of one holds until the next. */
export class ResponseHeadParser {
  head = new ReceivedHead(0, '', [])
  /** -1: none. */
  contentLength = -1
  chunked = false
  /** The peer will read another request from this connection, as far as the head says. */
  persistent = true
  /** How long the peer promises to keep the connection when idle; Infinity when it does not say. */
  keepAliveMs = Number.POSITIVE_INFINITY

  #status = 0
  #minor = 1
  /** The status line is what clients are sent, to the letter. */
  #isAsSent = false
  #lengthText = ''
  #repeated = false
  #sawClose = false
  #sawKeepAlive = false
  #dated = false
  #contentType: string | undefined
  /** There is more to the head than a plain one may have. */
  #odd = false
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
    this.#status = status
    this.#minor = minor
    this.#isAsSent = minor === 1 && input[at + 5] === SP
    let reasonEnd = at + 5
    if (input[reasonEnd] === SP) while (reasonEnd < end && TEXT[input[reasonEnd]!] === 1) reasonEnd++
    return afterLineEnd(input, reasonEnd)
  }

  /** One string for the whole head, and slices of it: far cheaper than a decoding call per name and value. */
  #take(input: Buffer, start: number, lineEnd: number, end: number): void {
    const text = input.toString('latin1', start, end)
    this.#forget()
    const statusText = text.slice(PREFIX.length + 6, lineEnd - start - 2)
    // As clients are sent it. If it has come so, it need not be cut off.
    const statusLine = this.#isAsSent ? '' : `HTTP/1.1 ${this.#status} ${statusText}\r\n`
    const kept = statusLine + this.#readFields(input, text, start, lineEnd)
    this.persistent = !this.#sawClose && (this.#minor === 1 || this.#sawKeepAlive)
    if (this.#isPlain()) {
      const { contentLength } = this
      const fieldsAt = statusLine.length || lineEnd - start
      const plain = { text: kept, fieldsAt, contentLength, contentType: this.#contentType, dated: this.#dated }
      this.head = new ReceivedHead(this.#status, statusText, text.slice(lineEnd - start, -2), plain)
    } else this.head = new ReceivedHead(this.#status, statusText, this.#list(text, start))
  }

  #forget(): void {
    this.contentLength = -1
    this.keepAliveMs = Number.POSITIVE_INFINITY
    this.chunked = this.#repeated = this.#sawClose = this.#sawKeepAlive = this.#dated = this.#odd = false
    this.#contentType = undefined
  }

  /** @returns the head but for the lines about the connection, and without a status line that is not as clients are sent it */
  #readFields(input: Buffer, text: string, start: number, fieldsAt: number): string {
    let lines = ''
    /** Where the lines begin that are not taken yet. */
    let first = this.#isAsSent ? start : fieldsAt
    let lineAt = fieldsAt
    for (let slot = 0, slots = fieldCount * 4; slot < slots; slot += 4) {
      const nameAt = spans[slot]!
      const nameEnd = spans[slot + 1]!
      const valueAt = spans[slot + 2]!
      const valueEnd = spans[slot + 3]!
      if (nameAt !== lineAt || valueAt !== nameEnd + 2 || input[nameEnd + 1] !== SP) this.#odd = true
      lineAt = valueEnd + 2
      const name = SOUGHT.find(input, nameAt, nameEnd)
      if (name === '' || !this.#read(name, text.slice(valueAt - start, valueEnd - start))) continue
      lines += text.slice(first - start, nameAt - start)
      first = lineAt
    }
    if (lineAt !== start + text.length - 2) this.#odd = true
    return lines + text.slice(first - start, lineAt - start)
  }

  /** @returns whether the field is about the connection */
  #read(name: string, value: string): boolean {
    switch (name) {
      case 'connection':
        this.#readConnection(value.toLowerCase())
        return true
      case 'keep-alive':
        this.#readKeepAlive(value)
        return true
      case 'content-length':
        this.#readLength(value)
        break
      case 'content-type':
        this.#odd ||= this.#contentType !== undefined
        this.#contentType = value
        break
      case 'date':
        this.#dated = true
        break
      case 'transfer-encoding':
        this.#readEncoding(value)
        break
      default:
        this.#odd = true
    }
    return false
  }

  #isPlain(): boolean {
    return !this.#odd && this.contentLength >= 0 && !this.#repeated && this.#status >= 200 && this.#status !== 204
  }

  /** RFC 9112 6.3: Transfer-Encoding wins, and a peer that says both may be confused about where its next response starts. */
  #list(text: string, start: number): string[] {
    const list: string[] = []
    for (let slot = 0, slots = fieldCount * 4; slot < slots; slot += 4) {
      list.push(text.slice(spans[slot]! - start, spans[slot + 1]! - start))
      list.push(text.slice(spans[slot + 2]! - start, spans[slot + 3]! - start))
    }
    if (this.chunked && this.contentLength >= 0) {
      this.contentLength = -1
      this.persistent = false
      return withoutLength(list, 0)
    }
    return this.#repeated ? withoutLength(list, 1) : list
  }

  #readConnection(listed: string): void {
    if (listed === 'keep-alive') this.#sawKeepAlive = true
    else if (listed === 'close') this.#sawClose = true
    else this.#readOptions(listed)
  }

  #readOptions(listed: string): void {
    const options = listed.split(',').map((option) => option.trim())
    if (options.includes('close')) this.#sawClose = true
    if (options.includes('keep-alive')) this.#sawKeepAlive = true
    this.#odd = true
  }

  #readKeepAlive(value: string): void {
    if (value !== this.#keepAliveText) {
      this.#keepAliveText = value
      this.#keepAliveTextMs = timeoutHintMs(value)
    }
    this.keepAliveMs = this.#keepAliveTextMs
  }

  #readLength(value: string): void {
    if (this.contentLength < 0) {
      this.contentLength = parseLength(value)
      this.#lengthText = value
    } else if (value === this.#lengthText) this.#repeated = true
    else throw violation('two different Content-Length values')
  }

  #readEncoding(value: string): void {
    if (this.#minor === 0) throw violation('Transfer-Encoding in an HTTP/1.0 response')
    if (this.chunked || value.toLowerCase() !== 'chunked') throw violation('a Transfer-Encoding other than chunked')
    this.chunked = this.#odd = true
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
