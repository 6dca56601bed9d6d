import { GatewayError, type Problem } from '../errors.ts'
import type { Logger } from '../plugin/index.ts'
import { type Exchange, UpstreamError } from '../proxy/index.ts'
import { grpcMessage, grpcStatus, isGrpc } from './grpc.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** null: a call of gRPC, which has no message for it. */
  readonly body: string | null
}

/**
 * RFC 9457, and the code again as a header, so that a gateway's 503 is never taken for a service's own. A call of gRPC is
 * answered as one, in a header section alone (`Trailers-Only`).
 *
 * @param exchange undefined: it came to no request
 */
export function problemAnswer(error: GatewayError, exchange?: Pick<Exchange, 'id' | 'header'>): Answer {
  const { status, retryAfterSeconds, allow }: Problem = error.problem
  const headers = {
    'x-portolan-error': error.code,
    ...(retryAfterSeconds && { 'retry-after': String(retryAfterSeconds) }),
  }
  if (isGrpc(exchange?.header('content-type'))) {
    const fields = { 'grpc-status': String(grpcStatus(status)), 'grpc-message': grpcMessage(error.message) }
    return { status: 200, headers: { 'content-type': 'application/grpc', ...fields, ...headers }, body: null }
  }
  const type = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' }
  return {
    status,
    headers: { ...type, 'x-content-type-options': 'nosniff', ...headers, ...(allow && { allow }) },
    body: details(error, exchange?.id),
  }
}

/** What went wrong with an exchange as an answer for Fetch. Claims it. */
export function problemResponse(thrown: unknown, exchange: Exchange, log: Logger): Response {
  const { status, headers, body } = problemAnswer(claim(thrown, exchange, log), exchange)
  return new Response(body, { status, headers })
}

function details({ code, message, problem: { status, title } }: GatewayError, requestId: string | undefined): string {
  const members = { type: 'about:blank', title, status, code, detail: message, ...(requestId && { requestId }) }
  return `${JSON.stringify(members)}\n`
}

/**
 * Names what went wrong with an exchange, and logs what has no code.
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
