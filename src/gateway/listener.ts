import { createServer, type IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { LimitsConfig } from '../config/types.ts'
import { GatewayError } from '../errors.ts'
import type { Logger } from '../plugin/index.ts'
import { type Exchange, exchangeOfIncoming } from '../proxy/index.ts'
import type { Result } from './access-log.ts'
import { refuse } from './admit.ts'
import { deliver } from './deliver.ts'
import { claim, problemAnswer } from './problem.ts'

/** How long a client may take to read the answer to what is no HTTP. */
const LINGER_MS = 1000

export interface ListenerOptions {
  readonly limits: LimitsConfig
  readonly log: Logger
  fetch(request: Request, env: { exchange: Exchange; request: Request }): Response | Promise<Response>
  requestId(offered: string | string[] | undefined): string
  recogniseClient(exchange: Exchange): void
  finished(exchange: Exchange, result: Result): void
  now(): number
}

/** The server's own response objects know the exchange that they answer. */
class Outgoing extends ServerResponse {
  exchange!: Exchange
}

export interface Listener {
  readonly server: Server
  /** From now on every answer asks its client to close: the listener is about to go. */
  sayGoodbye(): void
}

/** The way in: Node's parser, what it lets through and should not, then the Hono app, then the way out. */
export function createListener(options: ListenerOptions): Listener {
  let leaving = false
  /** Connections that close with a refusal: RFC 9112 11.2, nothing that follows on them is a request. */
  const refused = new Set<Socket>()
  const admitThen = (serve: RequestListener) =>
    function onRequest(incoming: IncomingMessage, outgoing: ServerResponse): void {
      const { socket } = incoming
      if (refused.size > 0 && refused.has(socket)) return
      const exchange = begin(incoming, outgoing as Outgoing, options)
      const refusal = refuse(incoming)
      if (refusal) {
        refused.add(socket)
        socket.once('close', () => refused.delete(socket))
        answer(exchange, outgoing, refusal)
      } else serve(incoming, outgoing)
    }
  const server = createAdaptorServer({
    hostname: 'localhost', // for HTTP/1.0, which may come without a Host field
    fetch: async (request, env) => {
      const outgoing = env.outgoing as unknown as Outgoing
      const { exchange } = outgoing
      try {
        const response = await options.fetch(request, { exchange, request })
        if (leaving) outgoing.shouldKeepAlive = false
        return deliver(response, exchange, outgoing)
      } catch (thrown) {
        // Beyond the app's own rescue: a middleware threw what is no Error, or made a response that cannot be written.
        answer(exchange, outgoing, claim(thrown, exchange, options.log))
        return RESPONSE_ALREADY_SENT
      }
    },
    createServer: ((_: object, serve: RequestListener) =>
      createServer<typeof IncomingMessage, typeof Outgoing>(
        serverOptions(options.limits),
        admitThen(serve),
      )) as typeof createServer,
  }) as Server
  // Not even assigned without a limit: newer versions of Node take 0 at its word.
  if (options.limits.connections !== null) server.maxConnections = options.limits.connections
  server.on('clientError', (error, socket) => {
    if (!refused.has(socket as Socket)) answerUnparsable(error, socket as Socket)
  })
  return {
    server,
    sayGoodbye() {
      leaving = true
    },
  }
}

function serverOptions({ headerBytes, headerTimeoutMs, keepAliveTimeoutMs }: LimitsConfig) {
  return {
    ServerResponse: Outgoing,
    maxHeaderSize: headerBytes,
    headersTimeout: headerTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    requestTimeout: 0, // it would cut long uploads; a standstill is noticed by the attempt
    connectionsCheckingInterval: 1000,
    requireHostHeader: false, // Node would answer by itself, and go on with what follows
  }
}

function begin(incoming: IncomingMessage, outgoing: Outgoing, options: ListenerOptions): Exchange {
  const id = options.requestId(incoming.headers['x-request-id'])
  const exchange = exchangeOfIncoming(id, options.now(), incoming)
  options.recogniseClient(exchange)
  outgoing.exchange = exchange
  const bytesBefore = incoming.socket.bytesWritten
  outgoing.once('close', () => {
    const complete = outgoing.writableFinished
    // Answered whole without all of the instance's body: what still comes is for nobody.
    if (complete) exchange.giveUp?.()
    else exchange.closeByClient()
    options.finished(exchange, {
      status: outgoing.headersSent ? outgoing.statusCode : 499,
      bytes: incoming.socket.bytesWritten - bytesBefore,
      durationMs: options.now() - exchange.startedMs,
      ending: complete ? 'complete' : exchange.upstreamBroke ? 'upstream-broke' : 'client-closed',
    })
  })
  return exchange
}

function answer(exchange: Exchange, outgoing: ServerResponse, error: GatewayError): void {
  exchange.code = error.code
  if (outgoing.headersSent) {
    outgoing.destroy()
    return
  }
  const { status, headers, body } = problemAnswer(error, exchange.id)
  // What follows on this connection may be anything.
  outgoing.shouldKeepAlive = false
  outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}

/** Node's own name for the response that has the connection. */
type Busy = Socket & { readonly _httpMessage?: Outgoing | null }

/** What is no HTTP, too much of it, or too slow: answered if that is still possible, then closed. */
function answerUnparsable(error: NodeJS.ErrnoException, socket: Busy): void {
  const { _httpMessage: current } = socket
  // The answer to an earlier request still has the connection: ours would be taken for it, or for a part of it.
  const outOfTurn = current && (current.headersSent || current.req.complete)
  if (!socket.writable || error.code === 'ECONNRESET' || outOfTurn) {
    socket.destroy()
    return
  }
  const { status, headers, body } = problemAnswer(parserProblem(error.code))
  const fields = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' })
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(`HTTP/1.1 ${status} ${problemTitle(status)}\r\n${lines}\r\n${body}`)
  current?.exchange.closeByClient()
  // Not at once: input that nobody has read would reset the connection before the client has read why.
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}

function parserProblem(code: string | undefined): GatewayError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new GatewayError('GW_HEADERS_TOO_LARGE', 'the request head is too large')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new GatewayError('GW_REQUEST_TIMEOUT', 'the request head did not arrive in time')
    default:
      return new GatewayError('GW_BAD_REQUEST', 'this is not a valid HTTP request')
  }
}

function problemTitle(status: number): string {
  return status === 431 ? 'Request Header Fields Too Large' : status === 408 ? 'Request Timeout' : 'Bad Request'
}
