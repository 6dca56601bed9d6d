import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished, TestRunner } from 'vitest'
import { type ClientOptions, type ServerOptions, WebSocket, WebSocketServer } from 'ws'
import { until } from './until.ts'

/** One session as the instance sees it. */
export interface Session {
  readonly socket: WebSocket
  readonly request: IncomingMessage
}

export interface WebSocketInstance {
  readonly address: string
  readonly sessions: Session[]
  readonly server: WebSocketServer
  /** Waits for the n-th session. */
  session(n?: number): Promise<Session>
}

/**
 * An instance that speaks WebSocket, on a free port, or by a server of the test's that does not listen yet; gone with the test.
 * Sends back every message, as text or binary as it came.
 */
export async function startWebSocketInstance(options: ServerOptions = {}): Promise<WebSocketInstance> {
  const server = new WebSocketServer(options.server ? options : { port: 0, host: '127.0.0.1', ...options })
  const sessions: Session[] = []
  server.on('connection', (socket, request) => {
    sessions.push({ socket, request })
    socket.on('error', () => undefined).on('message', (message, binary) => socket.send(message, { binary }))
  })
  options.server?.listen(0, '127.0.0.1')
  await once(server, 'listening')
  if (TestRunner.getCurrentTest()) onTestFinished(() => closeAll(server))
  const session = (n = 0) => until(`session ${n}`, () => sessions[n])
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, sessions, server, session }
}

function closeAll(server: WebSocketServer): void {
  for (const socket of server.clients) socket.terminate()
  server.close()
}

/** How a session ended. */
export interface Closed {
  readonly code: number
  readonly reason: string
}

/** A client's session, and all that it has heard. */
export class WebSocketClient {
  readonly socket: WebSocket
  readonly messages: Buffer[] = []
  readonly kinds: ('text' | 'binary')[] = []
  readonly pongs: Buffer[] = []
  closed: Closed | undefined
  /** The answer that was no switch, its body whole. */
  refused: { readonly status: number; readonly response: IncomingMessage; readonly body: string } | undefined
  response: IncomingMessage | undefined

  constructor(url: string, protocols: string[] = [], options: ClientOptions = {}) {
    this.socket = new WebSocket(url.replace('http://', 'ws://'), protocols, { perMessageDeflate: false, ...options })
    this.socket
      .on('upgrade', (response) => {
        this.response = response
      })
      .on('message', (message: Buffer, binary) => {
        this.messages.push(message)
        this.kinds.push(binary ? 'binary' : 'text')
      })
      .on('pong', (payload) => this.pongs.push(payload))
      .on('close', (code, reason) => {
        this.closed = { code, reason: String(reason) }
      })
      .on('error', () => undefined)
      .on('unexpected-response', async (request, response) => {
        let body = ''
        for await (const chunk of response.setEncoding('latin1')) body += chunk
        this.refused = { status: response.statusCode ?? 0, response, body }
        request.destroy()
      })
    if (TestRunner.getCurrentTest()) onTestFinished(() => this.socket.terminate())
  }

  static async open(url: string, protocols?: string[], options?: ClientOptions): Promise<WebSocketClient> {
    const client = new WebSocketClient(url, protocols, options)
    await until(`a session at ${url}`, () => {
      if (client.refused) throw new Error(`${client.refused.status}: ${client.refused.body}`)
      return client.socket.readyState === WebSocket.OPEN
    })
    return client
  }

  /** What a request that is no session is answered. */
  static refusal(url: string, protocols?: string[], options?: ClientOptions) {
    const client = new WebSocketClient(url, protocols, options)
    return until('a refusal', () => client.refused)
  }

  /** Waits for the n-th message. */
  message(n = 0): Promise<Buffer> {
    return until(`message ${n}`, () => this.messages[n])
  }

  end(): Promise<Closed> {
    return until('the session ends', () => this.closed)
  }
}
