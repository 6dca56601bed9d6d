import type { LimitsConfig } from '../../../config/types.ts'
import { type FieldName, fieldCount, isHost, scanFields, spans, TextFields } from '../../../proxy/index.ts'
import { Names } from './names.ts'
import { Recurring } from './recurring.ts'

/** The head of a request, in the words of Node. */
export interface RequestHead {
  readonly method: string
  /** The request target. */
  readonly url: string
  readonly fields: TextFields
  /** The client asks to close behind the answer. */
  readonly closes: boolean
  /** As `Content-Length` tells it; null: there is no such field, and no body. */
  readonly bodyLength: number | null
  /** Where in the input the head ends, and the body begins. */
  readonly end: number
}

const SLASH = 47
const SPACE = 32
const CR = 13

/** With the blank behind it. Those that mean nothing special to a gateway, the most frequent first. */
const METHODS = ['GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'PATCH'].map((name) => ({
  name,
  start: Buffer.from(`${name} `),
  hasBody: name !== 'GET' && name !== 'HEAD',
}))
const END_OF_LINE = Buffer.from(' HTTP/1.1\r\n')

/** 1 for what a target holds: visible characters, but none that begins a fragment or that some take for a slash. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) => (/[!-~]/.test(String.fromCharCode(byte)) ? 1 : 0))
for (const odd of '#\\') PLAIN[odd.charCodeAt(0)] = 0

/** Framing, what asks for more than an answer, and what is read in its own way. */
const LEFT_TO_NODE = new Set(['__proto__', 'expect', 'proxy-connection', 'set-cookie', 'transfer-encoding', 'upgrade'])

const names = new Names(LEFT_TO_NODE)

const HOST_SLOTS = 128

/** The hosts that are asked for; empty for what is none. */
const hosts = new Recurring(HOST_SLOTS, (text) => (isHost(text) ? text : ''))

/**
 * Reads a request that has nothing about it to think of twice: of a well-known method and of HTTP/1.1, in origin-form, for a host, each
 * field once, without a wish beyond the answer, and without a body or with one whose length is told. All of the head has come in one
 * piece, with nothing behind it but what there is of the body, and is within the limits.
 *
 * @returns undefined for everything else, whatever it may be
 */
export function readEverydayHead(input: Buffer, limits: LimitsConfig): RequestHead | undefined {
  const method = methodOf(input)
  if (method === undefined) return undefined
  const start = method.start.length
  if (input[start] !== SLASH) return undefined
  let end = start
  while (PLAIN[input[end]!] === 1) end++
  if (end - start > limits.urlBytes || !startsWith(input, end, END_OF_LINE)) return undefined
  const endOfHead = endOfFields(input, end + END_OF_LINE.length)
  if (endOfHead < 0 || endOfHead > limits.headerBytes || fieldCount > limits.headerCount) return undefined
  const head = headOf(method.name, input, endOfHead, start, end)
  if (head === undefined || (head.bodyLength !== null && !method.hasBody)) return undefined
  return input.length - endOfHead > (head.bodyLength ?? 0) ? undefined : head
}

/** One string for the whole head: far cheaper than a decoding call per value. */
function headOf(method: string, input: Buffer, endOfHead: number, start: number, end: number): RequestHead | undefined {
  const text = input.toString('latin1', 0, endOfHead)
  const sent = new Array<FieldName>(fieldCount)
  const places = new Array<number>(3 * fieldCount)
  let asLines = true
  let host = ''
  for (let i = 0; i < fieldCount; i++) {
    const slot = 4 * i
    const nameAt = spans[slot]!
    const nameEnd = spans[slot + 1]!
    const valueAt = spans[slot + 2]!
    const valueEnd = spans[slot + 3]!
    const name = names.at(input, nameAt, nameEnd)
    if (name.lower === '' || isAmong(sent, i, name)) return undefined
    sent[i] = name
    places[3 * i] = nameAt
    places[3 * i + 1] = valueAt
    places[3 * i + 2] = valueEnd
    if (name.lower === 'host') host = hosts.at(input, valueAt, valueEnd)
    if (valueAt !== nameEnd + 2 || input[nameEnd + 1] !== SPACE || input[valueEnd] !== CR) asLines = false
  }
  if (host === '') return undefined
  const fields = new TextFields(text, sent, places, asLines, host)
  const option = fields.get('connection')?.toLowerCase()
  if (option !== undefined && option !== 'keep-alive' && option !== 'close') return undefined
  const length = fields.get('content-length')
  const bodyLength = length === undefined ? null : lengthOf(length)
  if (bodyLength === undefined) return undefined
  const url = text.slice(start, end)
  return { method, url, fields, closes: option === 'close', bodyLength, end: text.length }
}

function isAmong(names: readonly FieldName[], count: number, { lower }: FieldName): boolean {
  for (let i = 0; i < count; i++) if (names[i]!.lower === lower) return true
  return false
}

/** @returns undefined for what is no length, or one that is written in another way than lengths are */
function lengthOf(text: string): number | undefined {
  return /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : undefined
}

function methodOf(input: Buffer): (typeof METHODS)[number] | undefined {
  for (const method of METHODS) if (startsWith(input, 0, method.start)) return method
  return undefined
}

/** @returns where the header section ends, or what is no place at all */
function endOfFields(input: Buffer, at: number): number {
  try {
    return scanFields(input, at)
  } catch {
    return -1
  }
}

function startsWith(input: Buffer, at: number, expected: Buffer): boolean {
  for (let i = 0; i < expected.length; i++) if (input[at + i] !== expected[i]) return false
  return true
}
