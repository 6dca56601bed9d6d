import { GatewayError, type Problem } from '../errors.ts'
import type { Logger } from '../plugin/index.ts'
import { type Exchange, UpstreamError } from '../proxy/index.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** RFC 9457, and the code again as a header, so that a gateway's 503 is never taken for a service's own. */
export function problemAnswer(error: GatewayError, requestId?: string): Answer {
  const { status, title, retryAfterSeconds }: Problem = error.problem
  const body = {
    type: 'about:blank',
    title,
    status,
    code: error.code,
    detail: error.message,
    ...(requestId && { requestId }),
  }
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-portolan-error': error.code,
      ...(retryAfterSeconds && { 'retry-after': String(retryAfterSeconds) }),
    },
    body: `${JSON.stringify(body)}\n`,
  }
}

/**
 * Names what went wrong with an exchange, and logs what nobody has a name for.
 *
 * @returns a `GatewayError` as it is, a broken response that a middleware waited for as GW_UPSTREAM_RESET, all else as
 * GW_INTERNAL without a word of its own
 */
export function claim(thrown: unknown, exchange: Exchange, log: Logger): GatewayError {
  if (thrown instanceof GatewayError) {
    exchange.code = thrown.code
    return thrown
  }
  if (thrown instanceof UpstreamError) {
    exchange.code = 'GW_UPSTREAM_RESET'
    const detail = `an instance of service "${exchange.service}" broke off its response`
    return new GatewayError(exchange.code, detail, { cause: thrown })
  }
  exchange.code = 'GW_INTERNAL'
  log.error({ requestId: exchange.id, err: thrown }, 'the gateway failed on a request')
  return new GatewayError('GW_INTERNAL', 'the gateway failed on this request')
}
