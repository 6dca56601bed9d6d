import { Exchange, type Peer } from '../../../proxy/index.ts'
import type { PlainBody } from './plain-body.ts'
import type { RequestHead } from './request-head.ts'

/** The exchange of an everyday request: nothing is copied. */
export function exchangeOf(
  { method, url, fields, bodyLength }: RequestHead,
  body: PlainBody | null,
  peer: Peer,
  id: string,
  startedMs: number,
): Exchange {
  return new Exchange({
    id,
    startedMs,
    method,
    rawTarget: url,
    fields,
    httpVersion: '1.1',
    encrypted: peer.encrypted,
    peer,
    intake: peer,
    body,
    bodyLength,
  })
}
