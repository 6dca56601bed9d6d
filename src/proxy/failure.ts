import { GatewayError } from '../errors.ts'
import type { UpstreamError } from './transport.ts'

/**
 * Why an attempt came to no response head: what the transport said, or
 * - `timeout`: the instance took too long
 * - `stalled`: the request body stopped coming, which is the client's doing
 * - `cancelled`: nobody wants it any more
 */
export type FailureKind = UpstreamError['kind'] | 'timeout' | 'stalled' | 'cancelled'

/** An attempt without a response head. */
export class Failure {
  readonly kind: FailureKind
  /** False: nothing was sent, or the instance says that it has not looked at it. Another attempt is safe, whatever the method. */
  readonly sent: boolean
  readonly #cause: UpstreamError | string

  /** @param cause what the transport said, or words for the caller */
  constructor(kind: FailureKind, sent: boolean, cause: UpstreamError | string) {
    this.kind = kind
    this.sent = sent && !(typeof cause !== 'string' && cause.unprocessed)
    this.#cause = cause
  }

  /** A kept connection died in the moment of its reuse, which says nothing about the endpoint. */
  get stale(): boolean {
    return typeof this.#cause !== 'string' && this.#cause.stale
  }

  /** The instance has said that it did not look at what was sent. */
  get unprocessed(): boolean {
    return typeof this.#cause !== 'string' && this.#cause.unprocessed
  }

  /** Not for what the client did, nor for what this gateway did by itself. */
  get blamesInstance(): boolean {
    switch (this.kind) {
      case 'connect':
      case 'timeout':
        return true
      case 'reset':
      case 'protocol':
        return this.sent && !this.stale
      default:
        return false
    }
  }

  toGatewayError(service: string): GatewayError {
    const cause = this.#cause
    if (typeof cause === 'string') {
      return new GatewayError(this.kind === 'stalled' ? 'GW_REQUEST_TIMEOUT' : 'GW_UPSTREAM_TIMEOUT', cause)
    }
    switch (cause.kind) {
      case 'protocol':
        if (this.sent) return badResponse(service, cause)
        return new GatewayError(
          'GW_UPSTREAM_RESET',
          `the request cannot be sent to service "${service}": ${cause.message}`,
          { cause },
        )
      case 'connect':
        return new GatewayError(
          'GW_UPSTREAM_UNREACHABLE',
          `no instance of service "${service}" could be connected to`,
          {
            cause,
          },
        )
      case 'queue':
        return new GatewayError(
          'GW_OVERLOADED',
          `too many requests wait for a connection to service "${service}" (upstream.connections)`,
          { cause },
        )
      case 'body':
        if (cause.cause instanceof GatewayError) return cause.cause
        return new GatewayError('GW_BAD_REQUEST', 'the request body broke off', { cause })
      default:
        return badResponse(service, cause)
    }
  }
}

function badResponse(service: string, cause: UpstreamError): GatewayError {
  return new GatewayError('GW_UPSTREAM_RESET', `an instance of service "${service}" sent no valid response`, { cause })
}
