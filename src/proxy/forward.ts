import type { LiveEndpoint, Pool } from '../balancing/index.ts'
import type { RetryConfig, UpstreamConfig } from '../config/types.ts'
import { GatewayError, noEndpoint, serviceNotFound } from '../errors.ts'
import type { Endpoint } from '../plugin/index.ts'
import { Attempt, type Outcome } from './attempt.ts'
import type { Exchange } from './exchange.ts'
import { requestHeaders } from './request-headers.ts'
import type { UpstreamError, UpstreamRequest } from './transport.ts'
import { UpstreamResponse } from './upstream-response.ts'
import type { Upstreams } from './upstreams.ts'

export interface ForwardSettings {
  readonly upstream: UpstreamConfig
  readonly retry: RetryConfig
}

/** Whom an attempt needs. */
export interface Means {
  readonly upstreams: Upstreams
  now(): number
  /** Told of each failed connection. @returns whether the endpoint is gone by it, as if it had never been there */
  unreachable(pool: Pool, endpoint: LiveEndpoint): boolean
}

const NOBODY: readonly Endpoint[] = []

/** RFC 9110 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

/**
 * Tries fit endpoints of `pool` until one answers.
 *
 * An instance that the registry has lost and that cannot be connected to counts as no attempt: it is as if it had never been there.
 * A request of which nothing was sent goes to another endpoint, whatever its method; one that broke after that only if it is
 * idempotent and has no body to replay. `responseTimeoutMs` bounds one attempt, up to its response head.
 *
 * @throws GatewayError GW_NO_ENDPOINT when there is nobody to ask, or what the last attempt came to
 */
export async function forward(
  exchange: Exchange,
  pool: Pool,
  { upstream, retry }: ForwardSettings,
  { upstreams, now, unreachable }: Means,
): Promise<UpstreamResponse> {
  const request: UpstreamRequest = {
    method: exchange.method,
    path: exchange.path,
    headers: requestHeaders(exchange),
    body: exchange.body,
    bodyLength: exchange.bodyLength,
  }
  let tried: readonly Endpoint[] = NOBODY
  let last: UpstreamError | undefined
  let left = retry.attempts
  while (left > 0) {
    exchange.assertClient()
    const lease = pool.lease(exchange, tried)
    if (!lease) break
    const attempt = new Attempt(exchange, lease, now)
    const outcome: Outcome = await attempt.run(
      upstreams.to(lease.endpoint, upstream),
      request,
      upstream.responseTimeoutMs,
    )
    if (outcome instanceof UpstreamResponse) return outcome
    if (outcome instanceof GatewayError) throw outcome
    if (outcome.kind === 'connect' && unreachable(pool, lease.endpoint)) {
      exchange.endpoint = undefined
      continue
    }
    left--
    last = outcome
    if (!mayTryAgain(exchange, attempt, outcome)) break
    // A kept connection that died in the moment of its reuse says nothing about the endpoint.
    if (!outcome.stale) tried = [...tried, lease.endpoint]
  }
  if (last) throw toGatewayError(exchange, last)
  if (!pool.registered) throw serviceNotFound(pool.service)
  throw noEndpoint(pool.service)
}

function mayTryAgain(exchange: Exchange, attempt: Attempt, { kind }: UpstreamError): boolean {
  if (!attempt.sent) return kind !== 'body'
  return kind === 'reset' && exchange.body === null && IDEMPOTENT.has(exchange.method)
}

function toGatewayError(exchange: Exchange, error: UpstreamError): GatewayError {
  switch (error.kind) {
    case 'connect':
      return new GatewayError(
        'GW_UPSTREAM_UNREACHABLE',
        `no instance of service "${exchange.service}" could be connected to`,
        {
          cause: error,
        },
      )
    case 'queue':
      return new GatewayError('GW_OVERLOADED', `too many requests wait for service "${exchange.service}"`, {
        cause: error,
      })
    case 'body':
      if (error.cause instanceof GatewayError) return error.cause
      return new GatewayError('GW_BAD_REQUEST', 'the request body broke off', { cause: error })
    default:
      return new GatewayError(
        'GW_UPSTREAM_RESET',
        `an instance of service "${exchange.service}" sent no valid response`,
        {
          cause: error,
        },
      )
  }
}
