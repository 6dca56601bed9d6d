import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { performServerHandshake, type ServerHttp2Stream, type ServerSessionOptions } from 'node:http2'
import type { Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { LimitsConfig } from '../config/types.ts'
import type { GatewayError } from '../errors.ts'
import { Exchange, type Peer, peerOf } from '../proxy/index.ts'
import { bad, refuse } from './admit.ts'
import type { Entrance, EntranceOptions } from './entrance.ts'
import { Http2Connection } from './http2-connection.ts'
import { Http2Incoming } from './http2-incoming.ts'
import { Http2Outgoing } from './http2-outgoing.ts'
import { answer } from './refusal.ts'

export interface Http2Options extends EntranceOptions {
  readonly limits: LimitsConfig
}

/** HTTP/2: Node's framing, what it lets through and should not, then the same Hono app and the same way out as for HTTP/1. */
export interface Http2Server {
  /** Takes a connection on which HTTP/2 comes next. */
  accept(socket: Socket): void
  /** Asks the clients, those to come as well, to open no more streams here. */
  sayGoodbye(): void
  /** Lets streams in flight end, and their connections close. */
  close(): void
}

export function createHttp2Server(entrance: Entrance, options: Http2Options): Http2Server {
  const { limits, now } = options
  const connections = new Set<Http2Connection>()
  let leaving = false
  const adapter = adapterOf(entrance)

  function serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: readonly string[], peer: Peer): void {
    const incoming = new Http2Incoming(stream, headers, raw, peer.encrypted)
    const outgoing = new Http2Outgoing(stream, incoming)
    entrance.take(exchangeOf(incoming, peer, entrance.idOf(headers), now()), outgoing, options)
    const refusal = refuseHead(incoming)
    if (refusal) answer(outgoing, refusal)
    else adapter(incoming as unknown as IncomingMessage, outgoing as unknown as ServerResponse)
  }

  return {
    accept(socket) {
      const peer = peerOf(socket)
      const session = performServerHandshake(socket, sessionOptions(limits))
      const connection = new Http2Connection(session)
      connections.add(connection)
      session.once('close', () => connections.delete(connection))
      // Node's types do not know the last parameter.
      const onStream = (
        stream: ServerHttp2Stream,
        headers: IncomingHttpHeaders,
        _: number,
        raw?: readonly string[],
      ) => {
        connection.opened(stream)
        if (!stream.destroyed) serve(stream, headers, raw!, peer)
      }
      session.on('stream', onStream)
      if (leaving) connection.leave()
    },
    sayGoodbye() {
      leaving = true
      for (const connection of connections) connection.leave()
    },
    close() {
      for (const connection of connections) connection.close()
    },
  }
}

function adapterOf(entrance: Entrance): RequestListener {
  const listener = getRequestListener(
    (request, { outgoing }) =>
      new Promise((leaveToAdapter) => entrance.serve(request, outgoing as unknown as Http2Outgoing, leaveToAdapter)),
    { hostname: 'localhost' },
  )
  return listener as RequestListener
}

function exchangeOf(incoming: Http2Incoming, peer: Peer, id: string, startedMs: number): Exchange {
  const { headers, hasBody } = incoming
  const length = headers['content-length']
  const exchange = new Exchange({
    id,
    startedMs,
    method: incoming.method,
    rawTarget: incoming.url,
    rawHeaders: incoming.rawHeaders,
    headers,
    httpVersion: incoming.httpVersion,
    encrypted: peer.encrypted,
    peer,
    intake: incoming,
    body: hasBody ? incoming : null,
    bodyLength: length === undefined ? null : Number(length),
  })
  if (hasBody) exchange.trailers = () => incoming.rawTrailers
  exchange.expectsContinue = incoming.expectsContinue
  return exchange
}

function refuseHead(incoming: Http2Incoming): GatewayError | undefined {
  const { contradicts, method, scheme } = incoming.head
  if (contradicts) return bad('the Host field is not what :authority says')
  if (method === 'CONNECT') return bad('nothing is connected to here')
  if (scheme !== 'http' && scheme !== 'https') return bad('the scheme is neither http nor https')
  return refuse(incoming)
}

function sessionOptions({ headerBytes, headerCount, streams }: LimitsConfig): ServerSessionOptions {
  return {
    settings: { maxConcurrentStreams: streams, maxHeaderListSize: headerBytes },
    maxHeaderListPairs: headerCount,
    maxSettings: 32,
    maxOutstandingPings: 10,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
  }
}
