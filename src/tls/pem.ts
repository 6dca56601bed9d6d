import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import type { Contents } from './files.ts'

/** One file with which TLS is impossible. */
export interface Defect {
  readonly part: 'cert' | 'key' | 'ca'
  readonly path: string
  readonly message: string
}

/** Paths of PEM files. */
export interface Pair {
  readonly cert: string
  readonly key: string
}

/** What is wrong with a certificate and its key: each of them, or the two together. */
export function pairDefects({ cert, key }: Pair, contents: Contents): Defect[] {
  const certBytes = contents.get(cert)!
  const keyBytes = contents.get(key)!
  const certificate = certificateIn(certBytes)
  const privateKey = keyIn(keyBytes)
  const found: Defect[] = []
  if (typeof certificate === 'string') found.push({ part: 'cert', path: cert, message: certificate })
  if (typeof privateKey === 'string') found.push({ part: 'key', path: key, message: privateKey })
  if (typeof certificate === 'string' || typeof privateKey === 'string') return found
  if (!certificate.checkPrivateKey(privateKey))
    return [{ part: 'key', path: key, message: `is not the key of the certificate in ${cert}` }]
  return refusals('cert', cert, { cert: certBytes, key: keyBytes })
}

/** What is wrong with the certificates of authorities. */
export function authorityDefects(ca: string, contents: Contents): Defect[] {
  const bytes = contents.get(ca)!
  const certificate = certificateIn(bytes)
  if (typeof certificate === 'string') return [{ part: 'ca', path: ca, message: certificate }]
  return refusals('ca', ca, { ca: bytes })
}

/** Why the time is not right for a certificate; undefined: it is. */
export function untimely(cert: Buffer, nowMs: number): string | undefined {
  const { validFrom, validTo } = new X509Certificate(cert)
  if (nowMs > Date.parse(validTo)) return `has expired: it was valid until ${validTo}`
  return nowMs < Date.parse(validFrom) ? `is not valid before ${validFrom}` : undefined
}

function certificateIn(pem: Buffer | string): X509Certificate | string {
  if (typeof pem === 'string') return pem
  // DER would be understood here, but not by those who are to use it.
  if (!/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/.test(pem.toString('latin1'))) return 'holds no PEM certificate'
  try {
    return new X509Certificate(pem)
  } catch {
    return 'holds a broken PEM certificate'
  }
}

function keyIn(pem: Buffer | string): KeyObject | string {
  if (typeof pem === 'string') return pem
  try {
    return createPrivateKey(pem)
  } catch (error) {
    const locked = (error as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE'
    return locked ? 'is locked by a passphrase' : 'holds no PEM private key'
  }
}

/** OpenSSL has a word in it, too: too short a key, a hash that is no longer trusted. */
function refusals(part: Defect['part'], path: string, options: object): Defect[] {
  try {
    createSecureContext(options as SecureContextOptions)
    return []
  } catch (error) {
    return [{ part, path, message: `cannot be used: ${(error as Error).message}` }]
  }
}
