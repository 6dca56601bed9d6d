import { UpstreamError } from './transport.ts'

/** What came, or would have gone out, is not valid HTTP. */
export function violation(what: string): UpstreamError {
  return new UpstreamError('protocol', what)
}
