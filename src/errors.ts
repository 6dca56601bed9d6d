/** What a caller can be told, by code. `docs/errors.md` is the same table in prose. */
export const problems = {
  GW_BAD_REQUEST: { status: 400, title: 'The request is ambiguous or malformed' },
  GW_ROUTE_NOT_FOUND: { status: 404, title: 'No route matches the request' },
  GW_SERVICE_NOT_FOUND: { status: 404, title: 'The service is not known' },
  GW_METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'The gateway does not answer this method by itself',
    allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
  },
  GW_REQUEST_TIMEOUT: { status: 408, title: 'The request did not arrive in time' },
  GW_BODY_TOO_LARGE: { status: 413, title: 'The request body is over the limit' },
  GW_URL_TOO_LONG: { status: 414, title: 'The request target is over the limit' },
  GW_EXPECTATION_FAILED: { status: 417, title: 'The expectation is not known' },
  GW_HEADERS_TOO_LARGE: { status: 431, title: 'The request head is over the limit' },
  GW_CLIENT_CLOSED: { status: 499, title: 'The client closed the connection' },
  GW_INTERNAL: { status: 500, title: 'The gateway failed' },
  GW_UPSTREAM_UNREACHABLE: { status: 502, title: 'No instance of the service could be connected to' },
  GW_UPSTREAM_RESET: { status: 502, title: 'The instance broke off before a valid response head' },
  GW_REGISTRY_NOT_READY: { status: 503, title: 'The registry has not been read yet', retryAfterSeconds: 1 },
  GW_NO_ENDPOINT: { status: 503, title: 'The service has no instance', retryAfterSeconds: 1 },
  GW_OVERLOADED: { status: 503, title: 'A limit of the gateway is reached', retryAfterSeconds: 1 },
  GW_CIRCUIT_OPEN: { status: 503, title: 'The service fails, and is given a rest', retryAfterSeconds: 1 },
  GW_UPSTREAM_TIMEOUT: { status: 504, title: 'The instance sent no response head in time' },
} as const satisfies Record<string, Problem>

export interface Problem {
  readonly status: number
  readonly title: string
  readonly retryAfterSeconds?: number
  /** The methods that would be right. */
  readonly allow?: string
}

export type ProblemCode = keyof typeof problems

/** The one error that becomes an answer. `message` is shown to the caller: no addresses, no library words. */
export class GatewayError extends Error {
  readonly code: ProblemCode

  constructor(code: ProblemCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'GatewayError'
    this.code = code
  }

  get problem(): Problem {
    return problems[this.code]
  }
}

/** For a service that is known and has nobody to ask. */
export const noEndpoint = (name: string) => new GatewayError('GW_NO_ENDPOINT', `service "${name}" has no instance`)

/** For a service that is spared for a while. */
export const circuitOpen = (name: string) =>
  new GatewayError('GW_CIRCUIT_OPEN', `service "${name}" has failed too often just now`)

/** One answer for a service that is unknown and for one that is not exposed: callers cannot tell them apart. */
export const serviceNotFound = (name: string) => new GatewayError('GW_SERVICE_NOT_FOUND', `no service "${name}"`)
