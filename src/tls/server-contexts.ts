import { createHash, hkdfSync, X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContext, type SecureContextOptions, type SecureVersion } from 'node:tls'
import type { Contents } from './files.ts'
import { authorityDefects, type Defect, type Pair, pairDefects } from './pem.ts'

export interface ServerFiles {
  /** At least one. */
  readonly certificates: readonly Pair[]
  readonly minVersion: SecureVersion
  /** Who may have signed certificates of clients; null: they are not asked for any. */
  readonly clients: { readonly ca: string } | null
}

/** What clients are shown, made of what the files held at one time. */
export interface ServerContexts {
  /** For those who ask for no name, or for one that no certificate bears. */
  readonly fallback: SecureContextOptions & { readonly ticketKeys: Buffer }
  /** For those who ask for `name` (SNI); undefined: the fallback. */
  of(name: string): SecureContext | undefined
}

export function pathsOf({ certificates, clients }: ServerFiles): Set<string> {
  return new Set([...certificates.flatMap(({ cert, key }) => [cert, key]), ...(clients ? [clients.ca] : [])])
}

export function serverDefects({ certificates, clients }: ServerFiles, contents: Contents): Defect[] {
  const ofPairs = certificates.flatMap((pair) => pairDefects(pair, contents))
  return clients ? [...ofPairs, ...authorityDefects(clients.ca, contents)] : ofPairs
}

/** @param contents without defects */
export function serverContexts(tls: ServerFiles, contents: Contents, ticketSecret: Buffer): ServerContexts {
  const { minVersion, clients } = tls
  const all = tls.certificates.map(({ cert, key }) => ({
    cert: contents.get(cert)!,
    key: contents.get(key)!,
    ...(clients && { ca: contents.get(clients.ca)! }),
    minVersion,
  }))
  const byName = new Map<string, SecureContext>()
  for (const options of all) {
    const context = createSecureContext(options)
    for (const name of namesIn(options.cert as Buffer)) if (!byName.has(name)) byName.set(name, context)
  }
  return {
    fallback: { ...all[0], ticketKeys: ticketKeys(ticketSecret, contents) },
    of(name) {
      const asked = name.toLowerCase()
      return byName.get(asked) ?? byName.get(asked.replace(/^[^.]+/, '*'))
    },
  }
}

/** The DNS names among the subject's alternative names, in lower case; RFC 9525: nothing else is a name. */
function namesIn(cert: Buffer): string[] {
  const { subjectAltName = '' } = new X509Certificate(cert)
  return subjectAltName.split(', ').flatMap((entry) => /^DNS:([^"]+)$/.exec(entry)?.[1]?.toLowerCase() ?? [])
}

const TICKET_KEY_BYTES = 48

/**
 * All workers have the same, so that a client may resume its session with any of them; and others as soon as the files are, so
 * that no session outlives the authority that vouched for its client.
 */
function ticketKeys(secret: Buffer, contents: Contents): Buffer {
  const hash = createHash('sha256')
  for (const bytes of contents.values()) hash.update(bytes)
  return Buffer.from(hkdfSync('sha256', secret, hash.digest(), 'session tickets', TICKET_KEY_BYTES))
}
