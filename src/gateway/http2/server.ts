import { performServerHandshake, type ServerHttp2Stream, type ServerSessionOptions } from 'node:http2'
import type { Socket } from 'node:net'
import type { LimitsConfig } from '../../config/types.ts'
import { GatewayError } from '../../errors.ts'
import { Exchange, GivenFields, type Peer, peerOf, trailersOf } from '../../proxy/index.ts'
import { bad, excessOf, refuseHead } from '../admit.ts'
import type { Entrance, EntranceOptions } from '../entrance.ts'
import { answersItself } from '../own-matters.ts'
import { answer } from '../refusal.ts'
import { Http2Connection } from './connection.ts'
import { Http2Incoming, type Http2Opening } from './incoming.ts'
import { Http2Outgoing } from './outgoing.ts'

export interface Http2Options extends EntranceOptions {
  readonly limits: LimitsConfig
}

const CHECK_MS = 1000

/** HTTP/2: Node's framing, what it lets through and should not, then the same app and the same way out as for HTTP/1. */
export interface Http2Server {
  /** Takes a connection on which HTTP/2 comes next. */
  accept(socket: Socket): void
  /** Connections go one by one, at a moment when nothing is in flight on them. */
  sayGoodbye(): void
  /** All go, as soon as what is in flight has ended. */
  close(): void
}

export function createHttp2Server(entrance: Entrance, options: Http2Options): Http2Server {
  const { limits, now } = options
  const connections = new Set<Http2Connection>()
  let leaving = false
  let checking: NodeJS.Timeout | undefined

  function serve(stream: ServerHttp2Stream, opening: Http2Opening, peer: Peer): Http2Outgoing {
    const incoming = new Http2Incoming(stream, opening)
    const outgoing = new Http2Outgoing(stream, incoming)
    entrance.take(exchangeOf(incoming, peer, entrance.idOf(opening.headers['x-request-id']), now()), outgoing, options)
    const refusal = refuse(incoming, limits) ?? entrance.shed()
    if (refusal) answer(outgoing, refusal)
    else if (!answersItself(outgoing)) entrance.serve(outgoing)
    return outgoing
  }

  function accept(socket: Socket): void {
    const peer = peerOf(socket)
    const { encrypted } = peer
    const session = performServerHandshake(socket, sessionOptions(limits))
    const connection = new Http2Connection(session, socket, limits, now)
    const { conduct } = connection
    // Node's types do not know the last parameter.
    session.on('stream', (stream, headers, _flags, ...[raw]: [raw?: readonly string[]]) => {
      if (!connection.opened(stream, raw!)) return
      connection.answering(serve(stream, { headers, raw: raw!, encrypted, conduct }, peer))
      if (leaving) connection.leave()
    })
    keep(connection, socket)
  }

  function keep(connection: Http2Connection, socket: Socket): void {
    connections.add(connection)
    checking ??= setInterval(check, CHECK_MS).unref()
    socket.once('close', () => {
      connections.delete(connection)
      if (connections.size > 0) return
      clearInterval(checking)
      checking = undefined
    })
  }

  function check(): void {
    const nowMs = now()
    for (const connection of connections) connection.check(nowMs)
  }

  return {
    accept,
    sayGoodbye() {
      leaving = true
      for (const connection of connections) connection.leave()
    },
    close() {
      for (const connection of connections) connection.close()
    },
  }
}

function exchangeOf(incoming: Http2Incoming, peer: Peer, id: string, startedMs: number): Exchange {
  const { headers, hasBody } = incoming
  const length = headers['content-length']
  const exchange = new Exchange({
    id,
    startedMs,
    method: incoming.method,
    rawTarget: incoming.url,
    fields: new GivenFields(incoming.rawHeaders, headers),
    httpVersion: incoming.httpVersion,
    encrypted: peer.encrypted,
    peer,
    intake: incoming,
    body: hasBody ? incoming : null,
    bodyLength: length === undefined ? null : Number(length),
  })
  if (hasBody) exchange.trailers = () => trailersOf(incoming.rawTrailers)
  exchange.bodyWatched = hasBody
  exchange.expectsContinue = incoming.expectsContinue
  return exchange
}

function refuse(incoming: Http2Incoming, limits: LimitsConfig): GatewayError | undefined {
  const { bytes, contradicts, method, scheme } = incoming.head
  const excess = excessOf(incoming, limits)
  if (excess) return excess
  if (bytes > limits.headerBytes) return new GatewayError('GW_HEADERS_TOO_LARGE', 'the request head is too large')
  if (contradicts) return bad('the Host field is not what :authority says')
  if (method === 'CONNECT') return new GatewayError('GW_METHOD_NOT_ALLOWED', 'no tunnels are opened here')
  if (scheme !== 'http' && scheme !== 'https') return bad('the scheme is neither http nor https')
  return refuseHead(incoming)
}

function sessionOptions({ headerBytes, headerCount, streams }: LimitsConfig): ServerSessionOptions {
  return {
    // Twice what is allowed: what is a little over the limits is answered, and not reset.
    settings: { maxConcurrentStreams: streams, maxHeaderListSize: 2 * headerBytes },
    maxHeaderListPairs: 2 * headerCount,
    maxSettings: 32,
    maxOutstandingPings: 10,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
  }
}
