/** A name and its value, as they stood on the wire but for the blanks around the value. */
export type Field = readonly [name: string, value: string]

/** A request or a response as it came, in latin1. */
export class Message {
  /** Of the head: `HTTP/1.1 200 OK`. */
  readonly startLine: string
  /** The exact bytes of the head. */
  readonly rawHead: string
  readonly fields: readonly Field[]
  framing: 'none' | 'length' | 'chunked' | 'close' = 'none'
  /** How much of the body has come, decoded of its framing. */
  bodyBytes = 0
  trailers: readonly Field[] = []
  /** Chunk extensions, with their semicolons. */
  extensions = ''
  /** All of it has come, by its own framing. */
  complete = false
  readonly #chunks: Buffer[] = []

  constructor(rawHead: string, startLine: string, fields: readonly Field[]) {
    this.rawHead = rawHead
    this.startLine = startLine
    this.fields = fields
  }

  /** The value of the only field of this name; several are joined by `|`, which no sender does. */
  field(name: string): string | undefined {
    const values = this.all(name)
    return values.length > 0 ? values.join('|') : undefined
  }

  /** The values of all fields of this name, in order. */
  all(name: string): string[] {
    return this.fields.filter(([found]) => found.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
  }

  get body(): string {
    return this.bytes.toString('latin1')
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  add(chunk: Buffer, keep: boolean): void {
    this.bodyBytes += chunk.length
    if (keep) this.#chunks.push(chunk)
  }
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
// Of the other controls a recipient may keep some (RFC 9110 5.5).
const FORBIDDEN = /[\0\r\n]/

/**
 * Lines that end with CRLF, without it. Strict: what a lenient reader would take for another message is an error.
 *
 * @throws with what is wrong
 */
export function fieldsOf(lines: readonly string[]): Field[] {
  return lines.map((line) => {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0))
    if (!TOKEN.test(name)) throw new Error(`no field: ${JSON.stringify(line)}`)
    const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')
    if (FORBIDDEN.test(value)) throw new Error(`NUL, CR or LF in a value: ${JSON.stringify(line)}`)
    return [name, value]
  })
}

/** @throws when the bytes up to the empty line are no head */
export function messageOf(head: string, isStart: RegExp): Message {
  const [startLine = '', ...lines] = head.split('\r\n')
  if (!isStart.test(startLine)) throw new Error(`no start line: ${JSON.stringify(startLine)}`)
  const message = new Message(`${head}\r\n\r\n`, startLine, fieldsOf(lines))
  if (message.all('transfer-encoding').length > 0 && message.all('content-length').length > 0)
    throw new Error('Content-Length and Transfer-Encoding')
  return message
}

/**
 * The length of the body, `chunked`, or undefined when the head tells none.
 *
 * @throws when it tells more than one, or what is none
 */
export function framingOf(message: Message): number | 'chunked' | undefined {
  const coding = message.field('transfer-encoding')
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked') throw new Error(`Transfer-Encoding: ${coding}`)
    return 'chunked'
  }
  const length = message.field('content-length')
  if (length === undefined) return undefined
  if (!/^\d{1,15}$/.test(length)) throw new Error(`Content-Length: ${length}`)
  return Number(length)
}
