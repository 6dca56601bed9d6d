const DOT_SEGMENT = /^(?:\.|%2e)(\.|%2e)?$/i

/**
 * RFC 3986 5.2.4 on a path that starts with `/`, where `%2e` counts as the dot that it stands for (6.2.2.2).
 * Above the root it stays at the root. Empty segments are segments; nothing else is touched.
 */
export function removeDotSegments(path: string): string {
  const segments = path.slice(1).split('/')
  const kept: string[] = []
  let open = false // ends in a directory: `/a/.` is `/a/`
  for (const segment of segments) {
    const dots = DOT_SEGMENT.exec(segment)
    if (dots?.[1]) kept.pop()
    else if (!dots) kept.push(segment)
    open = dots !== null
  }
  return open && kept.length > 0 ? `/${kept.join('/')}/` : `/${kept.join('/')}`
}
