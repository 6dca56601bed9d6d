import { UpstreamError } from './transport.ts'

/** What came, or would have gone out, is not valid HTTP. */
export function violation(what: string): UpstreamError {
  return new UpstreamError('protocol', what)
}

/** Whoever called cannot be told of it in another way. */
export function listenerThrew(what: 'connection' | 'stream', cause: unknown): UpstreamError {
  return new UpstreamError('reset', `the ${what} was closed because its listener threw`, { cause })
}
