import { UpstreamError } from '../transport.ts'

/** What came, or would have gone out, is not valid HTTP/1.1. */
export function violation(what: string): UpstreamError {
  return new UpstreamError('protocol', what)
}

export function listenerThrew(cause: unknown): UpstreamError {
  return new UpstreamError('reset', 'the connection was closed because its listener threw', { cause })
}
