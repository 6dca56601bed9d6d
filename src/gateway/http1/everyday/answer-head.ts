import { isText, type PlainHead } from '../../../proxy/index.ts'

/** How an answer is framed, and the head that says so. */
export interface AnswerHead {
  /** Up to the lines about the connection, in latin1. */
  readonly text: string
  /** No body follows, whatever the head says of one. */
  readonly bodiless: boolean
  readonly chunked: boolean
  /** Of the body, in bytes; 0 where it is not told. */
  readonly length: number
  /** A middleware wants the connection to close. */
  readonly closes: boolean
}

/** @throws Error for a length that is none */
export function answerHead(status: number, reason: string, headers: readonly string[], toHead: boolean): AnswerHead {
  const bodiless = hasNoBody(status, toHead)
  let text = statusLine(status, reason)
  let length = -1
  let dated = false
  let closes = false
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!
    const value = headers[i + 1]!
    const lower = LENGTHS[name.length] === 1 ? name.toLowerCase() : ''
    if (lower === 'transfer-encoding' || lower === 'keep-alive') continue
    if (lower === 'connection') {
      const options = optionsOf(value)
      closes ||= options.includes('close')
      text += otherOptions(options)
      continue
    }
    if (lower === 'date') dated = true
    else if (lower === 'content-length') {
      if (status === 204) continue
      length = lengthOf(value)
    }
    text += `${name}: ${value}\r\n`
  }
  if (!dated) text += dateLine()
  const chunked = length < 0 && !bodiless
  if (chunked) text += 'Transfer-Encoding: chunked\r\n'
  return { text, bodiless, chunked, length: bodiless || chunked ? 0 : length, closes }
}

/** Of a head that says for itself how it is framed. */
export function plainAnswerHead(status: number, head: PlainHead, toHead: boolean): AnswerHead {
  const bodiless = hasNoBody(status, toHead)
  const text = head.dated ? head.text : head.text + dateLine()
  return { text, bodiless, chunked: false, length: bodiless ? 0 : head.contentLength, closes: false }
}

function statusLine(status: number, reason: string): string {
  return `HTTP/1.1 ${status} ${reason}\r\n`
}

function hasNoBody(status: number, toHead: boolean): boolean {
  return toHead || status === 204 || status === 304
}

const ZERO = 48

/** Of the names that are looked at. */
const LENGTHS = Uint8Array.from({ length: 18 }, (_, length) => ([4, 10, 14, 17].includes(length) ? 1 : 0))

function lengthOf(value: string): number {
  let length = value === '' ? Number.NaN : 0
  for (let i = 0; i < value.length; i++) {
    const digit = value.charCodeAt(i) - ZERO
    length = digit >= 0 && digit <= 9 ? length * 10 + digit : Number.NaN
  }
  if (!Number.isSafeInteger(length)) throw new Error('an answer with a Content-Length that is not a number')
  return length
}

function optionsOf(value: string): string[] {
  return value.toLowerCase().split(/[\s,]+/)
}

/** What belongs to other fields: `Upgrade`, say. */
function otherOptions(options: readonly string[]): string {
  const others = options.filter((option) => option !== '' && option !== 'close' && option !== 'keep-alive')
  return others.length === 0 ? '' : `Connection: ${others.join(', ')}\r\n`
}

let secondOfLine = 0
let line = ''

/** RFC 9110 6.6.1: a gateway adds one where there is none. */
function dateLine(): string {
  const nowMs = Date.now()
  const second = Math.floor(nowMs / 1000)
  if (second !== secondOfLine) {
    secondOfLine = second
    line = `Date: ${new Date(nowMs).toUTCString()}\r\n`
  }
  return line
}

/** @throws Error for what could end a line early */
export function assertText(reason: string, headers: readonly string[]): void {
  if (!isText(reason)) throw new Error('an answer with a control character in its reason phrase')
  for (const text of headers) if (!isText(text)) throw new Error('an answer with a control character in a field')
}
