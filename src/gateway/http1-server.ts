import { createServer, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { ServerConfig } from '../config/types.ts'
import { normaliseScheme, refuse } from './admit.ts'
import type { Entrance, EntranceOptions } from './entrance.ts'
import type { Incoming } from './incoming.ts'
import { Outgoing } from './outgoing.ts'
import { answer, answerUnparsable } from './refusal.ts'
import { SwitchingOutgoing, type Tunnels } from './tunnel/index.ts'
import { incomingOffering, losesWhatFollows } from './upgrade.ts'

export interface Http1Options extends EntranceOptions {
  readonly server: Pick<ServerConfig, 'limits' | 'upgrades'>
  readonly tunnels: Tunnels
}

/**
 * HTTP/1.1 and 1.0: Node's parser, what it lets through and should not, then the Hono app, then the way out. Does not listen:
 * it is told `listening`, at which it begins to look after time-outs, and handed its connections, as the events that they are.
 */
export function createHttp1Server(entrance: Entrance, options: Http1Options): Server {
  const { limits, upgrades } = options.server
  const witness = { ...options, keepAliveLines: keepAliveLines(limits) }
  /** Connections whose last request has come, as with a refusal: RFC 9112 11.2, nothing that follows on them is a request. */
  const last = new Set<Socket>()

  const admitThen = (adapter: RequestListener) =>
    function onRequest(incoming: Incoming, outgoing: Outgoing): void {
      const { socket } = incoming
      if (last.size > 0 && last.has(socket)) return
      normaliseScheme(incoming)
      entrance.begin(incoming, outgoing, witness)
      outgoing.exchange.upgrade = incoming.switchTo
      const refusal = refuse(incoming)
      if (refusal || losesWhatFollows(incoming)) {
        last.add(socket)
        socket.once('close', () => last.delete(socket))
        outgoing.shouldKeepAlive = false
      }
      if (refusal) answer(outgoing, refusal)
      else adapter(incoming, outgoing)
    }

  const server = createAdaptorServer({
    hostname: 'localhost', // for HTTP/1.0, which may come without a Host field
    // The adapter is told only of what it has to write. Otherwise its promise stays open; nothing holds it, so it is collected.
    fetch: (request, { outgoing }) =>
      new Promise((leaveToAdapter) => entrance.serve(request, outgoing as unknown as Outgoing, leaveToAdapter)),
    createServer: ((_: object, adapter: RequestListener) =>
      createServer<typeof Incoming, typeof Outgoing>(
        serverOptions(options.server),
        admitThen(adapter),
      )) as typeof createServer,
  }) as Server
  // Such a request comes in as any other, but for its way out. With nobody to listen Node takes it for a plain one.
  if (upgrades.length > 0)
    server.on('upgrade', (incoming, client: Socket, head) => {
      server.emit('request', incoming, new SwitchingOutgoing(incoming as Incoming, client, head, options.tunnels))
    })
  server.on('checkContinue', (incoming: Incoming, outgoing: Outgoing) => {
    incoming.waitFor(outgoing)
    server.emit('request', incoming, outgoing)
  })
  server.on('clientError', (error, socket) => {
    if (!last.has(socket as Socket)) answerUnparsable(error, socket as Socket)
  })
  return server
}

function serverOptions({ limits, upgrades }: Http1Options['server']) {
  const { headerBytes, headerTimeoutMs, keepAliveTimeoutMs } = limits
  return {
    IncomingMessage: incomingOffering(upgrades),
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
function keepAliveLines({ keepAliveTimeoutMs }: ServerConfig['limits']): string {
  return `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveTimeoutMs / 1000)}\r\n`
}
