import { removeDotSegments } from './dots.ts'

/**
 * The path as one reads it who decodes too early: encoded letters, digits, `-._~` (RFC 3986 6.2.2.2), slashes and
 * backslashes are decoded, NUL is dropped, slashes are merged, dot segments go. Only to compare routes with: never sent.
 */
export function plainSpelling(path: string): string {
  const decoded = path
    .replace(/%(?:2f|5c)/gi, '/')
    .replaceAll('%00', '')
    .replace(/%[2-7][0-9a-f]/gi, unreserved)
    .replace(/\/{2,}/g, '/')
  return removeDotSegments(decoded)
}

function unreserved(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
  return /[A-Za-z0-9._~-]/.test(character) ? character : encoded
}
