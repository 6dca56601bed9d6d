/**
 * Moves `Content-Length` behind a `Content-Disposition`: one that stands behind it Node encodes anew, which takes the bytes
 * above 127 apart.
 *
 * @returns the same list where there is nothing to move
 */
export function lengthLast(headers: readonly string[]): readonly string[] {
  const disposition = indexOf(headers, 'content-disposition')
  if (disposition < 0) return headers
  const length = indexOf(headers, 'content-length')
  if (length < 0 || length > disposition) return headers
  return [...headers.slice(0, length), ...headers.slice(length + 2), headers[length]!, headers[length + 1]!]
}

function indexOf(headers: readonly string[], lowerName: string): number {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!
    if (name.length === lowerName.length && name.toLowerCase() === lowerName) return i
  }
  return -1
}
