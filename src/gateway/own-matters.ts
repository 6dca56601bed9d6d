import { STATUS_CODES } from 'node:http'
import { GatewayError, problems } from '../errors.ts'
import { answer } from './refusal.ts'
import type { Reply } from './reply.ts'

/**
 * Answers what is asked of the gateway itself and not of a service: `OPTIONS *` (RFC 9110 9.3.7), and what must be forwarded no
 * more (`Max-Forwards: 0`, RFC 9110 7.6.2). A TRACE is not echoed: it would show what others have added to the request.
 *
 * @returns whether it was
 */
export function answersItself(reply: Reply): boolean {
  const { method, rawTarget, headers } = reply.exchange
  if (method !== 'OPTIONS' && method !== 'TRACE') return false
  if (rawTarget !== '*' && !/^0+$/.test(String(headers['max-forwards']))) return false
  if (method === 'TRACE')
    answer(reply, new GatewayError('GW_METHOD_NOT_ALLOWED', 'a TRACE is answered by services only'))
  else reply.sendWhole(200, STATUS_CODES[200]!, ALLOWED, EMPTY)
  return true
}

const ALLOWED = ['allow', problems.GW_METHOD_NOT_ALLOWED.allow, 'content-length', '0']
const EMPTY = Buffer.alloc(0)
