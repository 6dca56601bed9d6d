/** Whether it is a call of gRPC, by its `Content-Type`. gRPC-Web is none: its clients see the HTTP status. */
export function isGrpc(contentType: string | undefined): boolean {
  if (contentType === undefined || !contentType.startsWith('application/grpc')) return false
  const after = contentType[GRPC_LENGTH]
  return after === undefined || after === '+' || after === ';' || after === ' '
}

const GRPC_LENGTH = 'application/grpc'.length

/**
 * The status of gRPC that says what the one of HTTP does. After
 * https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md, which is meant for answers of somebody who knows
 * nothing of gRPC; what is known better here is said better.
 */
export function grpcStatus(httpStatus: number): number {
  switch (httpStatus) {
    case 404:
    case 405:
      return 12 // UNIMPLEMENTED
    case 408:
    case 504:
      return 4 // DEADLINE_EXCEEDED
    case 413:
    case 414:
    case 431:
      return 8 // RESOURCE_EXHAUSTED
    case 499:
      return 1 // CANCELLED
    case 502:
    case 503:
      return 14 // UNAVAILABLE
    default:
      return 13 // INTERNAL
  }
}

/** The value of `grpc-message`: all but visible ASCII, and `%` itself, as percent-encoded UTF-8. */
export function grpcMessage(text: string): string {
  return text.replace(/[^ -$&-~]+/g, (part) =>
    [...Buffer.from(part)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}
