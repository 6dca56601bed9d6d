/** The head of an HTTP/2 request, in the words of HTTP/1. */
export interface Http2Head {
  readonly method: string
  readonly scheme: string
  readonly target: string
  /** Of `:authority`, or of `Host` without one. */
  readonly host: string | undefined
  /** `Host` names another than `:authority`: RFC 9113 8.3.1. */
  readonly contradicts: boolean
  /** As lines of HTTP/1. */
  readonly bytes: number
  /** Flat, without pseudo-header fields; one `host`, one `cookie`. */
  readonly rawHeaders: string[]
}

/** @param raw flat, as it came: valid by RFC 9113 8.2 and 8.3, as nghttp2 has checked it */
export function readHead(raw: readonly string[]): Http2Head {
  const pseudo = { ':method': '', ':scheme': '', ':path': '', ':authority': '' }
  const rawHeaders: string[] = ['host', '']
  let host: string | undefined
  let cookieAt = -1
  let bytes = 0
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!
    const value = raw[i + 1]!
    bytes += name.length + value.length + LINE_BYTES
    if (name.charCodeAt(0) === COLON) pseudo[name as keyof typeof pseudo] = value
    else if (name === 'host') host = value
    else if (name === 'cookie' && cookieAt > 0)
      rawHeaders[cookieAt] += `; ${value}` // RFC 9113 8.2.3
    else {
      rawHeaders.push(name, value)
      if (name === 'cookie') cookieAt = rawHeaders.length - 1
    }
  }
  const authority = pseudo[':authority'] || host
  if (authority === undefined) rawHeaders.splice(0, 2)
  else rawHeaders[1] = authority
  return {
    method: pseudo[':method'],
    scheme: pseudo[':scheme'].toLowerCase(),
    target: pseudo[':path'],
    host: authority,
    contradicts: host !== undefined && host.toLowerCase() !== authority?.toLowerCase(),
    bytes,
    rawHeaders,
  }
}

const COLON = 0x3a
/** A colon, a space, a line end. */
const LINE_BYTES = 4
