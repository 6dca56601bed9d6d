const HAS_PATH = new Set(['location', 'content-location'])

/**
 * Puts back into a response what routing has taken off the path, in place: into `Location` and `Content-Location` if they are a path, or
 * a URL of the host that was asked for, and into the `Path` of cookies. What has the prefix already is left alone: the
 * instance knows of it by `X-Forwarded-Prefix`.
 */
export function restorePrefix(headers: string[], prefix: string, host: string): void {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase()
    if (HAS_PATH.has(name)) headers[i + 1] = reference(headers[i + 1]!, prefix, host)
    else if (name === 'set-cookie') headers[i + 1] = cookie(headers[i + 1]!, prefix)
  }
}

/** RFC 3986 4.2. One that is relative to the path of the request is right as it is. */
function reference(value: string, prefix: string, host: string): string {
  const authority = /^(?:https?:)?\/\/([^/?#]*)/i.exec(value)
  if (authority && authority[1]!.toLowerCase() !== host.toLowerCase()) return value
  const [origin = ''] = authority ?? []
  const rest = value.slice(origin.length)
  if (authority ? rest !== '' && !/^[/?#]/.test(rest) : !rest.startsWith('/')) return value
  return origin + under(prefix, rest)
}

/**
 * Without a `Path` the client takes the one of its request, which has the prefix (RFC 6265 5.1.4). `__Host-` promises `/`:
 * another path would lose the cookie.
 */
function cookie(value: string, prefix: string): string {
  if (/^\s*__host-/i.test(value)) return value
  return value.replace(/(;[ \t]*path[ \t]*=[ \t]*)(\/[^;]*)/gi, (_, start: string, path: string) => {
    // For the path `/a` a cookie is sent with `/a` and `/a/b`, for `/a/` with the second only.
    return start + (path.trimEnd() === '/' ? prefix : under(prefix, path))
  })
}

function under(prefix: string, path: string): string {
  const known = path.startsWith(prefix) && /^(?:$|[/?#;\s])/.test(path.slice(prefix.length))
  return known ? path : prefix + path
}
