import { isIPv4, isIPv6, SocketAddress } from 'node:net'
import { plainAddress } from '../proxy/index.ts'

/** The beginning of a connection whose client is somebody else than its peer. */
export interface ProxyHeader {
  /** In bytes. */
  readonly length: number
  /** Of the client; undefined: the peer speaks for itself (`LOCAL`), or names no IP address (`UNKNOWN`, a Unix socket). */
  readonly address: string | undefined
}

/**
 * The PROXY protocol of HAProxy, version 1 and 2 (proxy-protocol.txt).
 *
 * @returns 'more' when what has come may become a header, 'none' when it is none
 */
export function proxyHeaderIn(bytes: Buffer): ProxyHeader | 'more' | 'none' {
  return bytes[0] === SIGNATURE[0] ? second(bytes) : first(bytes)
}

const OPENING = Buffer.from('PROXY ')
/** Line end included. */
const LONGEST_LINE = 107
const LINE = /^PROXY (?:UNKNOWN(?: .*)?|TCP([46]) (\S+) (\S+) (\d{1,5}) (\d{1,5}))\r\n$/

function first(bytes: Buffer): ProxyHeader | 'more' | 'none' {
  if (!beginAlike(bytes, OPENING)) return 'none'
  const end = bytes.indexOf('\n') + 1
  if (end === 0) return bytes.length < LONGEST_LINE ? 'more' : 'none'
  if (end > LONGEST_LINE) return 'none'
  const parts = LINE.exec(bytes.toString('latin1', 0, end))
  if (!parts) return 'none'
  const [, version, source, destination, ...ports] = parts
  if (version === undefined) return { length: end, address: undefined }
  const isAddress = version === '4' ? isIPv4 : isIPv6
  if (!isAddress(source!) || !isAddress(destination!) || ports.some((port) => Number(port) > 65_535)) return 'none'
  return { length: end, address: written(source!, version === '4' ? 'ipv4' : 'ipv6') }
}

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n')
const FIXED_LENGTH = SIGNATURE.length + 4
/** More than any address and what balancers add to it; the protocol itself would allow 64 KiB. */
const MOST_BYTES = 4096

function second(bytes: Buffer): ProxyHeader | 'more' | 'none' {
  if (!beginAlike(bytes, SIGNATURE)) return 'none'
  const [versionAndCommand = LOCAL, familyAndProtocol] = bytes.subarray(SIGNATURE.length)
  if (versionAndCommand !== LOCAL && versionAndCommand !== PROXY) return 'none'
  if (bytes.length < FIXED_LENGTH) return 'more'
  const length = FIXED_LENGTH + bytes.readUInt16BE(FIXED_LENGTH - 2)
  if (length > MOST_BYTES) return 'none'
  if (bytes.length < length) return 'more'
  const family = versionAndCommand === PROXY ? FAMILIES[familyAndProtocol!] : undefined
  if (!family) return { length, address: undefined }
  if (length < FIXED_LENGTH + family.bytes) return 'none'
  return { length, address: family.read(bytes.subarray(FIXED_LENGTH)) }
}

const LOCAL = 0x20
const PROXY = 0x21

/** Streams over IP; `bytes` are those of both addresses and ports. */
const FAMILIES: Readonly<Record<number, { bytes: number; read(addresses: Buffer): string }>> = {
  17: { bytes: 12, read: (addresses) => addresses.subarray(0, 4).join('.') },
  33: {
    bytes: 36,
    read: (addresses) => written(addresses.toString('hex', 0, 16).replace(/.{4}(?!$)/g, '$&:'), 'ipv6'),
  },
}

/** As everybody else writes it (RFC 5952). */
function written(address: string, family: 'ipv4' | 'ipv6'): string {
  return plainAddress(new SocketAddress({ address, family }).address)
}

function beginAlike(bytes: Buffer, wanted: Buffer): boolean {
  const length = Math.min(bytes.length, wanted.length)
  return wanted.compare(bytes, 0, length, 0, length) === 0
}
