import { once } from 'node:events'
import {
  createServer as createHttp2Server,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { UpstreamConfig } from '../../../src/config/types.ts'
import { type Instance, instance } from '../../../src/plugin/index.ts'
import { Http2Transport } from '../../../src/proxy/http2/transport.ts'
import type { Upstream } from '../../../src/proxy/transport.ts'
import { ACK, FRAME, type Frame, frame, framesOf, settings as settingsFrame } from '../../support/http2-frames.ts'
import { SETTINGS } from '../http1/exchange.ts'

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

export function open(to: { instance: Instance }, settings: Partial<UpstreamConfig> = {}): Upstream {
  const upstream = new Http2Transport().open(to.instance, { ...SETTINGS, ...settings })
  onTestFinished(() => upstream.close())
  return upstream
}

export type Headers = Readonly<Record<string, string | undefined>>

/** An instance of node:http2 without TLS, gone with the test. */
export async function http2Upstream(
  answer: (stream: ServerHttp2Stream, headers: Headers, rawHeaders: readonly string[]) => void,
  options: { maxConcurrentStreams?: number } = {},
) {
  const sessions: ServerHttp2Session[] = []
  const server: Http2Server = createHttp2Server({ settings: options })
  server.on('session', (session) => sessions.push(session))
  server.on(
    'stream' as string,
    (stream: ServerHttp2Stream, headers: Headers, _flags: number, raw: readonly string[]) => {
      stream.on('error', () => {})
      answer(stream, headers, raw)
    },
  )
  onTestFinished(() => {
    for (const session of sessions) session.destroy()
    server.close()
  })
  return { ...(await listening(server)), sessions }
}

/** One connection to a peer that speaks in frames, and the frames that came in on it. */
export class FramePeer {
  readonly socket: Socket
  readonly frames: Frame[] = []
  gone = false
  #input: Buffer = Buffer.alloc(0)
  #greeted = false

  constructor(socket: Socket, onFrame: (peer: FramePeer, frame: Frame) => void) {
    this.socket = socket
    socket.on('error', () => {}).on('close', () => (this.gone = true))
    socket.on('data', (chunk) => {
      this.#input = Buffer.concat([this.#input, chunk])
      if (!this.#greeted) {
        if (this.#input.length < PREFACE.length) return
        this.#greeted = true
        this.#input = this.#input.subarray(PREFACE.length)
      }
      const { frames, rest } = framesOf(this.#input)
      this.#input = rest
      for (const frame of frames) {
        this.frames.push(frame)
        onFrame(this, frame)
      }
    })
  }

  write(...frames: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(frames))
  }

  /** Frames of one type, in the order in which they came. */
  of(type: number, stream?: number): Frame[] {
    return this.frames.filter((it) => it.type === type && (stream === undefined || it.stream === stream))
  }
}

export interface FrameUpstreamOptions {
  /** null: the peer says and acknowledges none. */
  readonly settings?: Readonly<Record<number, number>> | null
  /** Whether pings are answered. */
  readonly pongs?: boolean
  /** Whether it leaves a connection open that the other side has given up. */
  readonly lingers?: boolean
}

/** An instance that speaks in frames: greets, acknowledges and answers pings by itself, unless told otherwise. */
export async function frameUpstream(
  onHeaders: (peer: FramePeer, stream: number) => void,
  { settings = {}, pongs = true, lingers = false }: FrameUpstreamOptions = {},
) {
  const peers: FramePeer[] = []
  const server = createServer({ noDelay: true }, (socket) => {
    const peer = new FramePeer(socket, (_, { type, flags, stream, payload }) => {
      if (type === FRAME.settings && !(flags & ACK) && settings) peer.write(frame(FRAME.settings, ACK, 0))
      if (type === FRAME.ping && !(flags & ACK) && pongs) peer.write(frame(FRAME.ping, ACK, 0, payload))
      if (type === FRAME.goaway && !lingers) socket.end()
      if (type === FRAME.headers) onHeaders(peer, stream)
    })
    peers.push(peer)
    if (settings) peer.write(settingsFrame(settings))
  })
  onTestFinished(() => {
    for (const { socket } of peers) socket.destroy()
    server.close()
  })
  return { ...(await listening(server)), peers }
}

async function listening<S extends Server>(server: S) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, instance: instance({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }) }
}
