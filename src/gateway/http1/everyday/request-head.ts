import type { LimitsConfig } from '../../../config/types.ts'

export interface RequestHead {
  readonly method: 'GET' | 'HEAD'
  readonly target: string
  readonly rawHeaders: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  /** The client asks to close the connection behind the answer. */
  readonly closes: boolean
}

const CR = 13
const LF = 10
const HTAB = 9
const SP = 32
const COLON = 58

const TARGET = table(/[!$%&'()*+,\-./0-9:;=?@A-Z_a-z~]/)
const NAME = table(/[!#$%&'*+\-.^_`|~0-9A-Za-z]/)
const VALUE = table(/[\t\x20-\x7e]/)

const VERSION = Buffer.from(' HTTP/1.1\r\n')

function table(characters: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (characters.test(String.fromCharCode(byte)) ? 1 : 0))
}

const spans = new Uint32Array(4096)

export function readHead(input: Buffer, limits: LimitsConfig): RequestHead | undefined {
  const length = input.length
  if (length > limits.headerBytes || length < 18 || input[length - 1] !== LF || input[length - 3] !== LF) return undefined
  let method: 'GET' | 'HEAD'
  let at: number
  if (input[0] === 71 && input[1] === 69 && input[2] === 84 && input[3] === SP) {
    method = 'GET'
    at = 4
  } else if (input[0] === 72 && input[1] === 69 && input[2] === 65 && input[3] === 68 && input[4] === SP) {
    method = 'HEAD'
    at = 5
  } else return undefined
  const targetStart = at
  if (input[at] !== 47) return undefined
  while (TARGET[input[at]!] === 1) at++
  const targetEnd = at
  if (targetEnd - targetStart > limits.urlBytes) return undefined
  for (let i = 0; i < VERSION.length; i++) if (input[at++] !== VERSION[i]) return undefined
  let count = 0
  while (input[at] !== CR) {
    if (count === limits.headerCount || count === 1024) return undefined
    const slot = count++ * 4
    spans[slot] = at
    while (NAME[input[at]!] === 1) at++
    if (input[at] !== COLON || at === spans[slot]) return undefined
    spans[slot + 1] = at++
    while (input[at] === SP || input[at] === HTAB) at++
    spans[slot + 2] = at
    while (VALUE[input[at]!] === 1) at++
    let end = at
    if (input[at] !== CR || input[at + 1] !== LF) return undefined
    at += 2
    while (end > spans[slot + 2]! && (input[end - 1] === SP || input[end - 1] === HTAB)) end--
    spans[slot + 3] = end
  }
  if (at !== length - 2 || input[at + 1] !== LF) return undefined
  const text = input.toString('latin1', 0, length)
  const rawHeaders: string[] = []
  const headers: Record<string, string> = {}
  for (let slot = 0, slots = count * 4; slot < slots; slot += 4) {
    const name = text.slice(spans[slot]!, spans[slot + 1]!)
    const value = text.slice(spans[slot + 2]!, spans[slot + 3]!)
    const lower = name.toLowerCase()
    if (isRemarkable(lower) || headers[lower] !== undefined) return undefined
    rawHeaders.push(name, value)
    headers[lower] = value
  }
  if (headers['host'] === undefined) return undefined
  const connection = headers['connection']
  let closes = false
  if (connection !== undefined) {
    const option = connection.toLowerCase()
    closes = option === 'close'
    if (!closes && option !== 'keep-alive') return undefined
  }
  return { method, target: text.slice(targetStart, targetEnd), rawHeaders, headers, closes }
}

function isRemarkable(lower: string): boolean {
  switch (lower.length) {
    case 6:
      return lower === 'expect'
    case 7:
      return lower === 'upgrade'
    case 9:
      return lower === '__proto__'
    case 10:
      return lower === 'set-cookie'
    case 14:
      return lower === 'content-length'
    case 16:
      return lower === 'proxy-connection'
    case 17:
      return lower === 'transfer-encoding'
    default:
      return false
  }
}
