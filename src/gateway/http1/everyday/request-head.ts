import type { LimitsConfig } from '../../../config/types.ts'
import { fieldCount, isHost, scanFields, spans } from '../../../proxy/index.ts'

/** The head of a request without a body, in the words of Node. */
export interface RequestHead {
  readonly method: 'GET' | 'HEAD'
  /** The request target. */
  readonly url: string
  /** Flat, as they came. */
  readonly rawHeaders: readonly string[]
  /** By lower-case name, each of which came once. */
  readonly headers: Readonly<Record<string, string>>
  /** The client asks to close behind the answer. */
  readonly closes: boolean
}

const SLASH = 47
const MOST_KNOWN = 1024
const MOST_KNOWN_LENGTH = 64

const GET = Buffer.from('GET ')
const HEAD = Buffer.from('HEAD ')
const END_OF_LINE = Buffer.from(' HTTP/1.1\r\n')

/** 1 for what a target holds: visible characters, but none that begins a fragment or that some take for a slash. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) => (/[!-~]/.test(String.fromCharCode(byte)) ? 1 : 0))
for (const odd of '#\\') PLAIN[odd.charCodeAt(0)] = 0

/** Framing, what asks for more than an answer, and what is read in its own way. */
const LEFT_TO_NODE = new Set([
  '__proto__',
  'content-length',
  'expect',
  'proxy-connection',
  'set-cookie',
  'transfer-encoding',
  'upgrade',
])

/** Names by how they were sent: in lower case, or empty for one that is left to Node. Bounded, as names come from clients. */
const known = new Map<string, string>()

/**
 * Reads a request that has nothing about it to think of twice: GET or HEAD, of HTTP/1.1, in origin-form, for a host, each field
 * once, without a body, without a wish beyond the answer. All of it, and nothing else, has come in one piece, and is within
 * the limits.
 *
 * @returns undefined for everything else, whatever it may be
 */
export function readEverydayHead(input: Buffer, limits: LimitsConfig): RequestHead | undefined {
  if (input.length > limits.headerBytes) return undefined
  const method = startsWith(input, 0, GET) ? 'GET' : startsWith(input, 0, HEAD) ? 'HEAD' : undefined
  if (method === undefined) return undefined
  const start = method.length + 1
  if (input[start] !== SLASH) return undefined
  let end = start
  while (PLAIN[input[end]!] === 1) end++
  if (end - start > limits.urlBytes || !startsWith(input, end, END_OF_LINE)) return undefined
  if (endOfFields(input, end + END_OF_LINE.length) !== input.length || fieldCount > limits.headerCount) return undefined
  return headOf(method, input.toString('latin1'), start, end)
}

/** One string for the whole head, and slices of it: far cheaper than a decoding call per name and value. */
function headOf(method: 'GET' | 'HEAD', text: string, start: number, end: number): RequestHead | undefined {
  const rawHeaders: string[] = []
  const headers: Record<string, string> = {}
  for (let slot = 0, slots = fieldCount * 4; slot < slots; slot += 4) {
    const name = text.slice(spans[slot]!, spans[slot + 1]!)
    const value = text.slice(spans[slot + 2]!, spans[slot + 3]!)
    const lower = known.get(name) ?? learn(name)
    // One that every object has counts as one that has come before.
    if (lower === '' || headers[lower] !== undefined) return undefined
    rawHeaders.push(name, value)
    headers[lower] = value
  }
  const { host, connection } = headers
  if (host === undefined || !isHost(host)) return undefined
  const option = connection?.toLowerCase()
  if (option !== undefined && option !== 'keep-alive' && option !== 'close') return undefined
  return { method, url: text.slice(start, end), rawHeaders, headers, closes: option === 'close' }
}

/** @returns where the header section ends, or what is no place at all */
function endOfFields(input: Buffer, at: number): number {
  try {
    return scanFields(input, at)
  } catch {
    return -1
  }
}

function learn(name: string): string {
  const lower = name.toLowerCase()
  const taken = LEFT_TO_NODE.has(lower) ? '' : lower
  if (known.size < MOST_KNOWN && name.length <= MOST_KNOWN_LENGTH) known.set(name, taken)
  return taken
}

function startsWith(input: Buffer, at: number, expected: Buffer): boolean {
  for (let i = 0; i < expected.length; i++) if (input[at + i] !== expected[i]) return false
  return true
}
