import type { X509Certificate } from 'node:crypto'

/** A certificate's subject as RFC 4514 writes it (`CN=alice,O=Example`), in printable ASCII. */
export function subjectOf({ subject }: X509Certificate): string {
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
