import { createServer, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { LimitsConfig } from '../config/types.ts'
import { normaliseScheme, refuse } from './admit.ts'
import { BodyWatch } from './body-watch.ts'
import { ClosingConnections } from './closing.ts'
import type { Entrance, EntranceOptions } from './entrance.ts'
import { Incoming } from './incoming.ts'
import { Outgoing } from './outgoing.ts'
import { answer, answerUnparsable, closeInStages } from './refusal.ts'

export interface Http1Options extends EntranceOptions {
  readonly limits: LimitsConfig
  random(): number
}

/**
 * HTTP/1.1 and 1.0: Node's parser, what it lets through and should not, then the Hono app, then the way out. Does not listen:
 * it is told `listening`, at which it begins to look after time-outs, and handed its connections, as the events that they are.
 */
export function createHttp1Server(entrance: Entrance, options: Http1Options): Server {
  const witness = { ...options, keepAliveLines: keepAliveLines(options.limits) }
  const { limits } = options
  const closing = new ClosingConnections(limits.requestsPerConnection, options.random)

  const admitThen = (adapter: RequestListener) =>
    function onRequest(incoming: Incoming, outgoing: Outgoing): void {
      const { socket } = incoming
      if (closing.has(socket)) return
      normaliseScheme(incoming)
      entrance.begin(incoming, outgoing, witness)
      if (outgoing.exchange.body) watchBody(incoming, outgoing)
      const refusal = refuse(incoming, limits)
      if (closing.count(socket) || refusal || stopsTheParser(incoming)) {
        closing.add(socket)
        outgoing.shouldKeepAlive = false
      }
      if (!refusal) {
        adapter(incoming, outgoing)
        return
      }
      closeInStages(socket)
      answer(outgoing, refusal)
    }

  function watchBody(incoming: Incoming, outgoing: Outgoing): void {
    outgoing.exchange.bodyWatched = true
    outgoing.bodyWatch = new BodyWatch(incoming, outgoing, limits.bodyTimeoutMs)
  }

  /** Nobody wants the rest of a body that an answer of the gateway's own has cut short. */
  function lastIfIncomplete(outgoing: Outgoing, leaveToAdapter: (rest: Response) => void) {
    return function leave(rest: Response): void {
      const { complete, socket } = outgoing.req
      if (!complete) {
        outgoing.shouldKeepAlive = false
        closing.add(socket)
        closeInStages(socket)
      }
      leaveToAdapter(rest)
    }
  }

  const server = createAdaptorServer({
    hostname: 'localhost', // for HTTP/1.0, which may come without a Host field
    // The adapter is told only of what it has to write. Otherwise its promise stays open; nothing holds it, so it is collected.
    fetch: (request, { outgoing }) =>
      new Promise((leaveToAdapter) => {
        const reply = outgoing as unknown as Outgoing
        const leave = reply.bodyWatch ? lastIfIncomplete(reply, leaveToAdapter) : leaveToAdapter
        return entrance.serve(request, reply, leave)
      }),
    createServer: ((_: object, adapter: RequestListener) =>
      createServer<typeof Incoming, typeof Outgoing>(serverOptions(limits), admitThen(adapter))) as typeof createServer,
  }) as Server
  server.on('checkContinue', (incoming: Incoming, outgoing: Outgoing) => {
    incoming.waitFor(outgoing)
    server.emit('request', incoming, outgoing)
  })
  // One more than is allowed is all that has to be seen.
  server.maxHeadersCount = limits.headerCount + 1
  server.on('clientError', (error, socket) => {
    if (!closing.has(socket as Socket)) answerUnparsable(error, socket as Socket)
  })
  return server
}

/**
 * Node's parser stops behind a request that asks for an upgrade, also when none is made, and Node loses what has come with
 * it: the next bytes may be the middle of a message, which a client could have made look like the beginning of one.
 */
function stopsTheParser({ headers }: Incoming): boolean {
  return headers.upgrade !== undefined && /upgrade/i.test(headers.connection ?? '')
}

function serverOptions({ headerBytes, headerTimeoutMs, keepAliveTimeoutMs }: LimitsConfig) {
  return {
    IncomingMessage: Incoming,
    ServerResponse: Outgoing,
    maxHeaderSize: headerBytes,
    headersTimeout: headerTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    requestTimeout: 0, // it would cut long uploads; a standstill is noticed
    connectionsCheckingInterval: 1000,
    requireHostHeader: false, // Node would answer by itself, and go on with what follows
  }
}

/** As Node says it. */
function keepAliveLines({ keepAliveTimeoutMs }: LimitsConfig): string {
  return `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveTimeoutMs / 1000)}\r\n`
}
