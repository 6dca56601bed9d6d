import type { Socket } from 'node:net'
import {
  block,
  END_HEADERS,
  END_STREAM,
  FRAME,
  type Frame,
  frame,
  framesOf,
  settings,
} from '../../../support/http2-frames.ts'
import { until } from '../../../support/until.ts'
import type { Wire } from './wire.ts'

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
const ACK = frame(FRAME.settings, 1, 0)

/** A client of HTTP/2 that writes exact frames. */
export class WireHttp2 {
  readonly frames: Frame[] = []
  ended = false
  readonly #socket: Socket
  #rest = Buffer.alloc(0)

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes: Buffer) => this.#take(bytes))
    for (const event of ['end', 'close', 'error']) {
      socket.on(event, () => {
        this.ended = true
      })
    }
  }

  /** By prior knowledge, settings exchanged. */
  static async open({ socket }: Wire): Promise<WireHttp2> {
    const client = new WireHttp2(await socket('h2c'))
    client.write(PREFACE, settings())
    await until('settings from the gateway', () => client.frames.some(({ type }) => type === FRAME.settings))
    return client
  }

  write(...frames: readonly Buffer[]): this {
    if (this.#socket.writable) this.#socket.write(Buffer.concat(frames))
    return this
  }

  /** A head: flat names and values, as literals. */
  head(stream: number, fields: readonly string[], end: boolean): this {
    return this.write(frame(FRAME.headers, END_HEADERS | (end ? END_STREAM : 0), stream, block(fields)))
  }

  /** Waits until the stream is over: answered, reset, or gone with its connection. */
  over(stream: number): Promise<'answered' | 'reset' | 'gone'> {
    return until(`the end of stream ${stream}`, () => {
      const mine = this.frames.filter((one) => one.stream === stream)
      if (mine.some(({ type }) => type === FRAME.reset)) return 'reset'
      const isEnd = ({ type, flags }: Frame) =>
        (type === FRAME.data || type === FRAME.headers) && (flags & END_STREAM) !== 0
      if (mine.some(isEnd)) return 'answered'
      return this.ended ? 'gone' : undefined
    })
  }

  /** Of the bodies on a stream. */
  body(stream: number): string {
    const mine = this.frames.filter(({ type, stream: of }) => of === stream && type === FRAME.data)
    return Buffer.concat(mine.map(({ payload }) => payload)).toString('latin1')
  }

  #take(bytes: Buffer): void {
    const { frames, rest } = framesOf(Buffer.concat([this.#rest, bytes]))
    this.#rest = Buffer.from(rest)
    for (const one of frames) {
      this.frames.push(one)
      if (one.type === FRAME.settings && one.flags === 0) this.write(ACK)
    }
  }
}
