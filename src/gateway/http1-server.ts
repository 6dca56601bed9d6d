import { createServer, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { LimitsConfig } from '../config/types.ts'
import { GatewayError } from '../errors.ts'
import { normaliseScheme, refuse } from './admit.ts'
import type { Entrance, EntranceOptions } from './entrance.ts'
import { Incoming } from './incoming.ts'
import { Outgoing } from './outgoing.ts'
import { answersItself } from './own-matters.ts'
import { answer, answerOnSocket, answerUnparsable } from './refusal.ts'

export interface Http1Options extends EntranceOptions {
  readonly limits: LimitsConfig
}

/**
 * HTTP/1.1 and 1.0: Node's parser, what it lets through and should not, then the Hono app, then the way out. Does not listen:
 * it is told `listening`, at which it begins to look after time-outs, and handed its connections, as the events that they are.
 */
export function createHttp1Server(entrance: Entrance, options: Http1Options): Server {
  const witness = { ...options, keepAliveLines: keepAliveLines(options.limits) }
  /** Connections that close with a refusal: RFC 9112 11.2, nothing that follows on them is a request. */
  const refused = new Set<Socket>()

  const admitThen = (adapter: RequestListener) =>
    function onRequest(incoming: Incoming, outgoing: Outgoing): void {
      const { socket } = incoming
      if (refused.size > 0 && refused.has(socket)) return
      normaliseScheme(incoming)
      entrance.begin(incoming, outgoing, witness)
      const refusal = refuse(incoming)
      if (refusal) {
        refused.add(socket)
        socket.once('close', () => refused.delete(socket))
        answer(outgoing, refusal)
      } else if (!answersItself(outgoing)) adapter(incoming, outgoing)
    }

  const server = createAdaptorServer({
    hostname: 'localhost', // for HTTP/1.0, which may come without a Host field
    // The adapter is told only of what it has to write. Otherwise its promise stays open; nothing holds it, so it is collected.
    fetch: (request, { outgoing }) =>
      new Promise((leaveToAdapter) => entrance.serve(request, outgoing as unknown as Outgoing, leaveToAdapter)),
    createServer: ((_: object, adapter: RequestListener) =>
      createServer<typeof Incoming, typeof Outgoing>(
        serverOptions(options.limits),
        admitThen(adapter),
      )) as typeof createServer,
  }) as Server
  server.on('connect', (_incoming, socket) => {
    socket.on('error', () => undefined)
    answerOnSocket(new GatewayError('GW_METHOD_NOT_ALLOWED', 'no tunnels are opened here'), socket as Socket)
  })
  server.on('checkContinue', (incoming: Incoming, outgoing: Outgoing) => {
    incoming.waitFor(outgoing)
    server.emit('request', incoming, outgoing)
  })
  server.on('clientError', (error, socket) => {
    if (!refused.has(socket as Socket)) answerUnparsable(error, socket as Socket)
  })
  return server
}

function serverOptions({ headerBytes, headerTimeoutMs, keepAliveTimeoutMs }: LimitsConfig) {
  return {
    IncomingMessage: Incoming,
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
