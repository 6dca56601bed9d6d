export type { Downstream } from './client-side.ts'
export { type Deadline, type Deadlines, deadlinesOf } from './deadlines.ts'
export type { MeterEvent } from './events.ts'
export {
  described,
  type Ending,
  Exchange,
  exchangeOfIncoming,
  exchangeOfRequest,
} from './exchange.ts'
export { forward } from './forward.ts'
export { addressOf, type ForwardedElement, readForwarded } from './forwarded.ts'
export { FieldNames } from './hop-by-hop.ts'
export { isHost } from './host.ts'
export { Http1Transport } from './http1/transport.ts'
export { combined, isRepetition, sendTrailers } from './http2/repeated-fields.ts'
export { resetStream } from './http2/reset-stream.ts'
export { Http2Transport } from './http2/transport.ts'
export { limitBody } from './limited-body.ts'
export type { Means } from './means.ts'
export { within } from './networks.ts'
export { introduce, type Peer, peerOf, plainAddress } from './peer.ts'

export { Protocols } from './protocols.ts'

export { type ForwardingSettings, RequestHeaders } from './request-headers.ts'
export type { Service } from './service.ts'
export { Services } from './services.ts'
export { type Stallable, StallWatch } from './stall.ts'
export { trailersOf } from './trailers.ts'
export { type ResponseHead, type Transport, UpstreamError } from './transport.ts'
export type { Tunnel } from './tunnel.ts'
export { atEndOfTurn, type Task } from './turn.ts'
export { type BodySink, UpstreamBody } from './upstream-body.ts'
export { UpstreamResponse } from './upstream-response.ts'
export { Upstreams } from './upstreams.ts'
export { wasReset } from './was-reset.ts'
