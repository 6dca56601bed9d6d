import { Exchange, GivenFields, peerOf, trailersOf } from '../../proxy/index.ts'
import type { Incoming } from './incoming.ts'

/** The exchange of a request as it came: nothing is copied. */
export function exchangeOf(incoming: Incoming, id: string, startedMs: number): Exchange {
  const { headers } = incoming
  const peer = peerOf(incoming.socket)
  const length = headers['content-length']
  const bodyLength = length === undefined ? null : Number(length)
  const chunked = headers['transfer-encoding'] !== undefined
  const exchange = new Exchange({
    id,
    startedMs,
    method: incoming.method ?? 'GET',
    rawTarget: incoming.url ?? '/',
    fields: new GivenFields(incoming.rawHeaders, headers),
    httpVersion: incoming.httpVersion,
    encrypted: peer.encrypted,
    peer,
    intake: peer,
    body: chunked || (bodyLength ?? 0) > 0 ? incoming : null,
    bodyLength,
  })
  if (chunked) exchange.trailers = () => trailersOf(incoming.rawTrailers)
  exchange.expectsContinue = incoming.unasked
  return exchange
}
