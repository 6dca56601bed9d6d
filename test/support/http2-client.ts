import type { Socket } from 'node:net'
import {
  block,
  END_HEADERS,
  END_STREAM,
  FRAME,
  type Frame,
  frame,
  framesOf,
  headers,
  settings,
} from './http2-frames.ts'
import { until } from './until.ts'

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

/** RFC 9113 6.5.2: as long as nobody has said otherwise. */
const FRAME_BYTES = 16_384

const ACK = frame(FRAME.settings, 1, 0)

/** A client that writes exact frames and shows exactly those that come back. */
export class Http2Client {
  readonly frames: Frame[] = []
  ended = false
  /** Whether settings and pings of the other side are answered. */
  polite = true
  readonly socket: Socket
  #rest = Buffer.alloc(0)

  /** @param socket is connected */
  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (bytes) => this.#take(bytes))
    socket.on('error', () => undefined).on('end', () => socket.end())
    socket.on('close', () => {
      this.ended = true
    })
  }

  /** Exchanges settings. */
  async greet(values: Readonly<Record<number, number>> = {}): Promise<this> {
    this.write(PREFACE, settings(values))
    await this.frame('the acknowledgement of settings', ({ type, flags }) => type === FRAME.settings && flags === 1)
    return this
  }

  write(...frames: readonly Buffer[]): this {
    if (!this.socket.destroyed) this.socket.write(Buffer.concat(frames))
    return this
  }

  /** A request without a body, or the head of one with a body to come. */
  ask(stream: number, path: string, { fields = [] as readonly string[], flags = END_HEADERS | END_STREAM } = {}): this {
    return this.write(headers(stream, request(path, ...fields), flags))
  }

  /** A request without a body, its head in as many frames as it needs. */
  head(stream: number, fields: readonly string[]): this {
    const bytes = block(fields)
    for (let at = 0; at < bytes.length; at += FRAME_BYTES) {
      const flags = at + FRAME_BYTES < bytes.length ? 0 : END_HEADERS
      const part = bytes.subarray(at, at + FRAME_BYTES)
      this.write(
        at === 0
          ? frame(FRAME.headers, flags | END_STREAM, stream, part)
          : frame(FRAME.continuation, flags, stream, part),
      )
    }
    return this
  }

  /** Waits for a frame. */
  frame(what: string, matches: (frame: Frame) => boolean): Promise<Frame> {
    return until(what, () => {
      const found = this.frames.find(matches)
      if (!found && this.ended) throw new Error(`the connection closed before ${what}: ${this.shown}`)
      return found
    })
  }

  /** How a stream came out: its status, or the code of its reset. */
  async outcome(stream: number): Promise<string> {
    const isEnd = ({ type, flags }: Frame) =>
      type === FRAME.reset || ((type === FRAME.headers || type === FRAME.data) && (flags & END_STREAM) !== 0)
    const last = await this.frame(`the end of stream ${stream}`, (it) => it.stream === stream && isEnd(it))
    if (last.type === FRAME.reset) return `reset ${last.payload.readUInt32BE(0)}`
    return statusOf(this.frames.find((it) => it.stream === stream && it.type === FRAME.headers)!)
  }

  bodyOf(stream: number): Buffer {
    return Buffer.concat(
      this.frames.filter((it) => it.stream === stream && it.type === FRAME.data).map((it) => it.payload),
    )
  }

  goaway(): Promise<Frame> {
    return this.frame('GOAWAY', ({ type }) => type === FRAME.goaway)
  }

  closed(): Promise<true> {
    return until(`the connection closes after ${this.shown}`, () => this.ended)
  }

  get shown(): string {
    return JSON.stringify(this.frames.slice(-20).map(({ type, flags, stream }) => `${type}/${flags}/${stream}`))
  }

  #take(bytes: Buffer): void {
    const { frames, rest } = framesOf(Buffer.concat([this.#rest, bytes]))
    this.#rest = Buffer.from(rest)
    for (const one of frames) {
      this.frames.push(one)
      if (!this.polite) continue
      if (one.type === FRAME.settings && one.flags === 0) this.write(ACK)
      if (one.type === FRAME.ping && one.flags === 0) this.write(frame(FRAME.ping, 1, 0, one.payload))
    }
  }
}

/** The fields of a plain request. */
export const request = (path: string, ...fields: readonly string[]) => [
  ':method',
  'GET',
  ':scheme',
  'http',
  ':path',
  path,
  ':authority',
  'gateway',
  ...fields,
]

/** The code of an error that a GOAWAY frame tells. */
export const codeOf = ({ payload }: Frame) => payload.readUInt32BE(4)

/** RFC 7541: a status that is in the static table, or plain digits in a literal. */
function statusOf({ payload }: Frame): string {
  const at = payload.findIndex((byte) => byte >> 5 !== 1) // after updates of the table's size
  const known = ['200', '204', '206', '304', '400', '404', '500'][payload[at]! - 0x88]
  if (known) return known
  const length = payload[at + 1]! & 127
  const text = payload.subarray(at + 2, at + 2 + length)
  return payload[at + 1]! & 128 ? huffmanDigits(text) : text.toString('latin1')
}

/** RFC 7541 appendix B: digits have five or six bits. */
function huffmanDigits(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  let text = ''
  for (let at = 0; at + 5 <= bits.length && text.length < 3; ) {
    const five = Number.parseInt(bits.slice(at, at + 5), 2)
    if (five <= 2) text += five
    else text += Number.parseInt(bits.slice(at, at + 6), 2) - 0b011001 + 3
    at += five <= 2 ? 5 : 6
  }
  return text
}
