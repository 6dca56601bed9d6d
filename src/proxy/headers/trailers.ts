/**
 * What must not be believed when it comes after the body, by somebody who merges it into the header section: framing, routing,
 * authentication, request modifiers, response controls, the form of the content (RFC 9110 6.5.1), and what a gateway vouches for.
 */
const FORBIDDEN = new Set([
  'age',
  'authentication-info',
  'authorization',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'date',
  'expect',
  'expires',
  'forwarded',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'keep-alive',
  'location',
  'max-forwards',
  'pragma',
  'proxy',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'range',
  'retry-after',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'vary',
  'via',
  'www-authenticate',
  'x-real-ip',
  'x-request-id',
])

export const NO_TRAILERS: readonly string[] = Object.freeze([])

/** Whether a field of this name, as it was sent, is passed on when it comes after the body. CGI knows no dashes: see `withTwins`. */
export function mayTrail(name: string): boolean {
  const plain = name.toLowerCase().replaceAll('_', '-')
  return !FORBIDDEN.has(plain) && !plain.startsWith('x-forwarded-')
}

/** Those of a flat `[name, value, ...]` that may be passed on. */
export function trailersOf(received: readonly string[]): string[] {
  const trailers: string[] = []
  for (let i = 0; i < received.length; i += 2) if (mayTrail(received[i]!)) trailers.push(received[i]!, received[i + 1]!)
  return trailers
}

/** The value of a `Trailer` field, less what will not be passed on; undefined when nothing is left of it. */
export function announced(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  const names = value.split(',').map((name) => name.trim())
  return names.filter((name) => name !== '' && mayTrail(name)).join(', ') || undefined
}
