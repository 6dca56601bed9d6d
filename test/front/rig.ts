import { randomBytes } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import { createServer as createHttp1 } from 'node:http'
import { createServer as createHttp2 } from 'node:http2'
import type { AddressInfo, Server, Socket } from 'node:net'
import { connect } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { LimitsConfig, ServerConfig } from '../../src/config/types.ts'
import { createFront } from '../../src/front/index.ts'
import type { Logger } from '../../src/plugin/index.ts'
import { until } from '../support/until.ts'

export interface FrontRig {
  /** What listens. */
  readonly server: Server
  readonly port: number
  readonly log: Logged[]
  /** What is connected and has come through to one of the protocols. */
  readonly through: Socket[]
  readonly refused: string[]
  /** Connections that are open now. */
  readonly open: number
  connect(): Socket
  close(): Promise<void>
  cut(): void
}

export interface Logged {
  readonly level: string
  readonly msg: string
  readonly [field: string]: unknown
}

type Settings = Partial<Omit<ServerConfig, 'limits'>> & { readonly limits?: Partial<LimitsConfig> }

/** A front before Node's own servers, which answer with the protocol and the target of the request. */
export async function startFront(
  { limits, ...settings }: Settings = {},
  ticketSecret = randomBytes(32),
): Promise<FrontRig> {
  const log: Logged[] = []
  const through: Socket[] = []
  const refused: string[] = []
  const http1 = createHttp1((request, response) => response.end(`1 ${request.url}`))
  const http2 = createHttp2((request, response) => response.end(`2 ${request.url}`))
  const passTo = (server: EventEmitter) => (socket: Socket) => {
    through.push(socket)
    // Both let go of a client that has closed its side, which the gateway's own servers decide for themselves.
    socket.allowHalfOpen = false
    server.emit('connection', socket)
  }
  const front = createFront({
    server: {
      ...defaults,
      ...settings,
      limits: { headerTimeoutMs: 10_000, connections: null, connectionsPerAddress: null, ...limits },
    } as ServerConfig,
    log: logger(log),
    ticketSecret,
    http1: passTo(http1),
    http2: passTo(http2),
    turnAway: (socket) => void socket.resume().end('no room'),
    refused: (reason) => void refused.push(reason),
  })
  await new Promise<void>((listening) => front.server.listen(0, '127.0.0.1', listening))
  const { port } = front.server.address() as AddressInfo
  const close = () => new Promise<void>((closed) => front.server.close(() => closed()))
  onTestFinished(() => {
    front.cut()
    return front.server.listening ? close() : undefined
  })
  return {
    server: front.server,
    port,
    log,
    through,
    refused,
    get open() {
      return front.connections
    },
    connect: () => connect(port, '127.0.0.1'),
    close,
    cut: () => front.cut(),
  }
}

const defaults = { http2: true, h2c: false, tls: null, proxyProtocol: [] }

function logger(lines: Logged[]): Logger {
  const at = (level: string) => (fields: object, msg: string) => void lines.push({ level, msg, ...fields })
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

export function connected(front: FrontRig): Socket {
  const socket = front.connect().setNoDelay(true)
  socket.on('error', () => undefined).on('data', () => undefined)
  onTestFinished(() => void socket.destroy())
  return socket
}

/** What comes back for these pieces, each of which has left before the next one is written. */
export async function talk(
  front: FrontRig,
  pieces: readonly (string | Buffer)[],
  wanted = /[12] \/|400/,
): Promise<string> {
  const socket = connected(front)
  let received = ''
  socket.setEncoding('latin1').on('data', (text) => {
    received += text
  })
  for (const piece of pieces) {
    await new Promise((written) => socket.write(piece, written))
    await turn()
  }
  return until(`an answer to ${pieces}`, () => wanted.test(received) && received)
}
