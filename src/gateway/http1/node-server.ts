import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import type { Socket } from 'node:net'
import type { ServerConfig } from '../../config/types.ts'
import { GatewayError } from '../../errors.ts'
import { atEndOfTurn } from '../../proxy/index.ts'
import { normaliseScheme, refuse } from '../admit.ts'
import type { Entrance, EntranceOptions } from '../entrance.ts'
import { answersItself } from '../own-matters.ts'
import { answer } from '../refusal.ts'
import type { Tunnels } from '../tunnel/index.ts'
import { BodyWatch } from './body-watch.ts'
import { stopsTheParser } from './declined-upgrade.ts'
import { exchangeOf } from './exchange-of.ts'
import { watchHalfClosed } from './half-closed.ts'
import type { Incoming } from './incoming.ts'
import { isLineLong } from './line.ts'
import { closeInStages, deafen, isDeaf } from './linger.ts'
import { type Http1Witness, Outgoing } from './outgoing.ts'
import type { RequestsPerConnection } from './requests-per-connection.ts'
import type { SlowReaders } from './slow-readers.ts'
import { SwitchingOutgoing } from './switching-outgoing.ts'
import { answerOnSocket, answerUnparsable } from './unparsable.ts'
import { incomingOffering } from './upgrade.ts'

/** Node's own names: the answer that has the connection, and what reads requests from it. */
type Busy = Socket & { readonly _httpMessage?: Outgoing | null; readonly parser?: object | null }

export interface NodeServerOptions extends EntranceOptions {
  readonly server: Pick<ServerConfig, 'limits' | 'upgrades'>
  readonly tunnels: Tunnels
  readonly slowReaders: SlowReaders
  readonly requests: RequestsPerConnection
  readonly witness: Http1Witness
}

/**
 * All of HTTP/1.1 and 1.0: Node's parser, what it lets through and should not, then the app, then the way out. Does not listen:
 * it is told `listening`, at which it begins to look after time-outs, and handed its connections, as the events that they are.
 */
export function createNodeServer(entrance: Entrance, options: NodeServerOptions): Server {
  const { slowReaders, requests, witness } = options
  const { limits, upgrades } = options.server

  function onRequest(incoming: Incoming, outgoing: Outgoing): void {
    const { socket } = incoming
    if (isDeaf(socket) && !incoming.heard) return
    if (!outgoing.socket && mayWait(incoming)) {
      incoming.heard = true
      outgoing.whenInTurn(() => onRequest(incoming, outgoing))
      return
    }
    normaliseScheme(incoming)
    entrance.take(
      exchangeOf(incoming, entrance.idOf(incoming.headers['x-request-id']), options.now()),
      outgoing,
      witness,
    )
    if (outgoing.exchange.body) watchBody(incoming, outgoing)
    if (incoming.asksToSwitch) outgoing.exchange.upgrade = incoming.switchTo
    const refusal = refuse(incoming, limits) ?? entrance.shed()
    const declined = incoming.asksToSwitch && incoming.switchTo === null
    if (requests.isLast(socket) || refusal || (declined && stopsTheParser(incoming))) {
      deafen(socket)
      closeInStages(socket)
      outgoing.closeBehind()
    }
    if (refusal) answer(outgoing, refusal)
    else if (!answersItself(outgoing)) entrance.serve(outgoing)
  }

  /** In line behind others. What ends the line, so that nothing behind it begins, has to be seen at once. */
  function mayWait(incoming: Incoming): boolean {
    return isLineLong(incoming.socket) && !incoming.asksToSwitch && !refuse(incoming, limits)
  }

  function watchBody(incoming: Incoming, outgoing: Outgoing): void {
    outgoing.exchange.bodyWatched = true
    outgoing.bodyWatch = new BodyWatch(incoming, outgoing, limits.bodyTimeoutMs)
  }

  const server: Server = createServer(serverOptions(options.server), onRequest as RequestListener)
  // A client that has closed its side is not gone for that.
  Object.assign(server, { httpAllowHalfOpen: true })
  server.on('connection', (socket) => {
    slowReaders.add(socket)
    socket.on('end', onEnd)
  })
  server.on('checkContinue', (incoming: Incoming, outgoing: Outgoing) => {
    if (isDeaf(incoming.socket)) return
    // Nothing behind it may begin, so that it cannot wait.
    if (refuse(incoming, limits)) {
      server.emit('request', incoming, outgoing)
      return
    }
    // A client that sends its body right behind the head does not wait: at the end of the turn that is there.
    atEndOfTurn({
      run() {
        if (!incoming.socket.writable) return
        incoming.heard = true
        if (incoming.readableLength === 0 && !incoming.complete) incoming.waitFor(outgoing)
        else outgoing.expectNothing()
        server.emit('request', incoming, outgoing)
      },
    })
  })
  server.on('checkExpectation', (incoming, outgoing) => server.emit('request', incoming, outgoing))
  server.on('connect', (_incoming, socket) => {
    socket.on('error', () => undefined)
    answerOnSocket(new GatewayError('GW_METHOD_NOT_ALLOWED', 'no tunnels are opened here'), socket as Socket)
  })
  // Such a request comes in like all others, but for its way out. Without this listener Node takes it for a plain one.
  if (upgrades.length > 0)
    server.on('upgrade', (incoming, client: Socket, head) => {
      server.emit('request', incoming, new SwitchingOutgoing(incoming as Incoming, client, head, options.tunnels))
    })
  server.on('clientError', (error, socket) => {
    if (!isDeaf(socket as Socket)) answerUnparsable(error, socket as Socket)
  })
  // One more than is allowed is all that has to be seen.
  server.maxHeadersCount = limits.headerCount + 1
  return server
}

function onEnd(this: Busy): void {
  watchHalfClosed(this, () => (this.parser && this._httpMessage) || undefined)
}

function serverOptions({ limits, upgrades }: NodeServerOptions['server']): ServerOptions {
  const { headerBytes, headerTimeoutMs, keepAliveTimeoutMs } = limits
  return {
    IncomingMessage: incomingOffering(upgrades) as typeof IncomingMessage,
    ServerResponse: Outgoing as unknown as typeof ServerResponse,
    maxHeaderSize: headerBytes,
    headersTimeout: headerTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    requestTimeout: 0, // it would cut long uploads; a standstill is noticed
    connectionsCheckingInterval: 1000,
    requireHostHeader: false, // Node would answer by itself, and go on with what follows
  }
}
