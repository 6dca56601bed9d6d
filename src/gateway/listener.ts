import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { LimitsConfig } from '../config/types.ts'
import type { Logger } from '../plugin/index.ts'
import { atEndOfTurn, type Exchange, exchangeOfIncoming } from '../proxy/index.ts'
import type { Result } from './access-log.ts'
import { refuse } from './admit.ts'
import { deliver } from './deliver.ts'
import { Outgoing } from './outgoing.ts'
import { claim } from './problem.ts'
import { answer, answerUnparsable } from './refusal.ts'

export interface ListenerOptions {
  readonly limits: LimitsConfig
  readonly log: Logger
  fetch(request: Request, env: { exchange: Exchange; request: Request }): Response | Promise<Response>
  requestId(offered: string | string[] | undefined): string
  recogniseClient(exchange: Exchange): void
  finished(exchange: Exchange, result: Result): void
  now(): number
}

export interface Listener {
  readonly server: Server
  /** From now on every answer asks its client to close: the listener is about to go. */
  sayGoodbye(): void
}

/** The way in: Node's parser, what it lets through and should not, then the Hono app, then the way out. */
export function createListener(options: ListenerOptions): Listener {
  let leaving = false
  const witness = { ...options, keepAliveLines: keepAliveLines(options.limits) }
  /** Connections that close with a refusal: RFC 9112 11.2, nothing that follows on them is a request. */
  const refused = new Set<Socket>()

  const admitThen = (adapter: RequestListener) =>
    function onRequest(incoming: IncomingMessage, outgoing: Outgoing): void {
      const { socket } = incoming
      if (refused.size > 0 && refused.has(socket)) return
      const exchange = exchangeOfIncoming(options.requestId(incoming.headers['x-request-id']), options.now(), incoming)
      options.recogniseClient(exchange)
      outgoing.carry(exchange, witness)
      const refusal = refuse(incoming)
      if (refusal) {
        refused.add(socket)
        socket.once('close', () => refused.delete(socket))
        answer(outgoing, refusal)
      } else adapter(incoming, outgoing)
    }

  async function serve(request: Request, outgoing: Outgoing, leaveToAdapter: (rest: Response) => void): Promise<void> {
    const { exchange } = outgoing
    try {
      const response = await options.fetch(request, { exchange, request })
      atEndOfTurn({ run: () => send(response, outgoing, leaveToAdapter) })
    } catch (thrown) {
      rescue(thrown, outgoing)
    }
  }

  function send(response: Response, outgoing: Outgoing, leaveToAdapter: (rest: Response) => void): void {
    try {
      if (leaving) outgoing.shouldKeepAlive = false
      const rest = deliver(response, outgoing)
      if (rest) leaveToAdapter(rest)
    } catch (thrown) {
      rescue(thrown, outgoing)
    }
  }

  /** Beyond the app's own rescue: a middleware threw what is no Error, or made a response that cannot be written. */
  function rescue(thrown: unknown, outgoing: Outgoing): void {
    answer(outgoing, claim(thrown, outgoing.exchange, options.log))
  }

  const server = createAdaptorServer({
    hostname: 'localhost', // for HTTP/1.0, which may come without a Host field
    // The adapter is told only of what it has to write. Otherwise its promise stays open; nothing holds it, so it is collected.
    fetch: (request, { outgoing }) =>
      new Promise((leaveToAdapter) => serve(request, outgoing as unknown as Outgoing, leaveToAdapter)),
    createServer: ((_: object, adapter: RequestListener) =>
      createServer<typeof IncomingMessage, typeof Outgoing>(
        serverOptions(options.limits),
        admitThen(adapter),
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

/** As Node says it. */
function keepAliveLines({ keepAliveTimeoutMs }: LimitsConfig): string {
  return `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveTimeoutMs / 1000)}\r\n`
}
