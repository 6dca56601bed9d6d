import type { X509Certificate } from 'node:crypto'

/** A certificate's subject as RFC 4514 writes it (`CN=alice,O=Example`), in printable ASCII; undefined: it has none, as it may. */
export function subjectOf({ subject }: X509Certificate): string | undefined {
  // Node's types do not know of those, which bear nothing but alternative names (RFC 5280 4.1.2.6).
  if (!subject) return undefined
  // Node writes one attribute on a line, the first one first, and has escaped them as RFC 4514 asks for.
  return subject
    .split('\n')
    .reverse()
    .join(',')
    .replace(/[^ -~]/gu, inHex)
}

/** RFC 4514 2.4: `\C3\A9`. */
function inHex(character: string): string {
  return Buffer.from(character).toString('hex').toUpperCase().replace(/../g, '\\$&')
}
