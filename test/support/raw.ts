import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { onceEnded } from './ended.ts'
import { until } from './until.ts'

/** A response as it stood on the wire: header lines in latin1, order, case and duplicates kept. */
export interface RawResponse {
  readonly status: number
  readonly statusLine: string
  /** `[name, value]`. */
  readonly fields: readonly (readonly [string, string])[]
  /** Decoded of its framing. */
  readonly body: string
  readonly trailers: string
  header(name: string): string | undefined
}

/** A client that writes exact bytes and shows exactly what comes back. */
export class RawClient {
  /** In latin1: what came and was not yet taken by `response`. */
  received = ''
  /** How the other side ended the connection. */
  ended: 'end' | 'reset' | undefined
  readonly socket: Socket

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      this.received += text
    })
    onceEnded(socket, (how) => {
      this.ended = how
    })
  }

  static open(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
      onTestFinished(() => void socket.destroy())
      socket.once('connect', () => resolve(new RawClient(socket))).once('error', reject)
    })
  }

  write(bytes: string | Buffer): this {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
    return this
  }

  /** Waits until the condition holds for what has come, or the pattern is in it. */
  async until(wanted: RegExp | string): Promise<string> {
    const holds = () => (typeof wanted === 'string' ? this.received.includes(wanted) : wanted.test(this.received))
    await until(`${wanted} in ${JSON.stringify(this.received.slice(0, 500))}`, () => {
      if (holds()) return true
      if (this.ended) throw new Error(`${this.ended} before ${wanted}: ${JSON.stringify(this.received.slice(0, 500))}`)
      return false
    })
    return this.received
  }

  /** Takes the next final response. `toHead`: of a request whose answer has no body. */
  async response({ toHead = false } = {}): Promise<RawResponse> {
    return until('a response', () => {
      const found = takeResponse(this.received, toHead, this.ended === 'end')
      if (!found && this.ended)
        throw new Error(`${this.ended} in a response: ${JSON.stringify(this.received.slice(0, 500))}`)
      if (!found) return undefined
      this.received = found.rest
      return found.response
    })
  }

  closed(): Promise<'end' | 'reset'> {
    return until('the connection ends', () => this.ended)
  }

  /** Half-closes: no more will be written. */
  end(): void {
    this.socket.end()
  }

  /** RST. */
  reset(): void {
    this.socket.resetAndDestroy()
  }
}

/** One request on a new connection. */
export async function rawExchange(port: number, bytes: string | Buffer): Promise<RawResponse> {
  const client = await RawClient.open(port)
  return client.write(bytes).response()
}

interface Taken {
  readonly response: RawResponse
  readonly rest: string
}

function takeResponse(text: string, toHead: boolean, ended: boolean): Taken | undefined {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const [statusLine = '', ...lines] = text.slice(0, headEnd).split('\r\n')
  const status = Number(statusLine.split(' ')[1])
  const after = text.slice(headEnd + 4)
  if (status >= 100 && status < 200 && status !== 101) return takeResponse(after, toHead, ended)
  const fields = lines.map(
    (line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const,
  )
  const header = (name: string) => fields.find(([found]) => found.toLowerCase() === name)?.[1]
  const taken = (body: string, rest: string, trailers = ''): Taken => ({
    response: { status, statusLine, fields, body, trailers, header },
    rest,
  })
  if (toHead || status === 204 || status === 304) return taken('', after)
  const length = header('content-length')
  if (header('transfer-encoding')) return takeChunked(after, taken)
  if (length === undefined) return ended ? taken(after, '') : undefined
  return after.length < Number(length) ? undefined : taken(after.slice(0, Number(length)), after.slice(Number(length)))
}

function takeChunked(text: string, taken: (body: string, rest: string, trailers: string) => Taken): Taken | undefined {
  let body = ''
  for (let at = 0; ; ) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(text.slice(at, lineEnd), 16)
    at = lineEnd + 2
    if (size === 0) {
      if (text.startsWith('\r\n', at)) return taken(body, text.slice(at + 2), '')
      const end = text.indexOf('\r\n\r\n', at)
      return end < 0 ? undefined : taken(body, text.slice(end + 4), text.slice(at, end))
    }
    if (text.length < at + size + 2) return undefined
    body += text.slice(at, at + size)
    at += size + 2
  }
}
