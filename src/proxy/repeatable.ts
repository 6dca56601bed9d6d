import type { Exchange } from './exchange.ts'
import type { Failure } from './failure.ts'

/** RFC 9110 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

/** Why a request is sent again; a number is the status that it came to. */
export type RetryReason = 'connect' | 'reset' | 'timeout' | number

/** Whether sending it twice does what sending it once does, and it can be sent twice: a body is read but once. */
export function mayRepeat({ method, body }: Exchange): boolean {
  return body === null && IDEMPOTENT.has(method)
}

/** @returns why the request may be sent again after this; undefined when it may not */
export function reasonToRetry(
  exchange: Exchange,
  { kind, sent, unprocessed }: Failure,
  on: readonly ('timeout' | number)[],
): RetryReason | undefined {
  const safe = !sent || mayRepeat(exchange)
  switch (kind) {
    case 'connect':
    case 'queue': // nor is there a connection for it
      return 'connect'
    case 'reset':
    case 'protocol':
      if (unprocessed) return exchange.body?.readableDidRead ? undefined : 'reset'
      // Unsent, the request itself cannot be written down as HTTP.
      return sent && safe ? 'reset' : undefined
    case 'timeout':
      return safe && on.includes('timeout') ? 'timeout' : undefined
    default:
      return undefined
  }
}
