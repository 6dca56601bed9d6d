import { isIPv6 } from 'node:net'
import { address } from '../../src/plugin/index.ts'

export interface Server {
  readonly host: string
  readonly port: number
}

export interface Hosts {
  readonly servers: readonly Server[]
  /** `/path` below which the whole tree is, or nothing. */
  readonly chroot: string
}

const DEFAULT_PORT = 2181
const NAME = /^[A-Za-z0-9._-]{1,253}$/
const EXAMPLES = 'write "zoo1:2181", "10.0.0.1:2181" or "[::1]:2181"'

/** What is wrong with one of several hosts. */
export class HostError extends Error {
  readonly index: number

  constructor(message: string, index: number) {
    super(message)
    this.index = index
  }
}

/**
 * The parts of a connect string as ZooKeeper's own clients take it, `zoo1:2181,[::1],zoo3/chroot`. The port may be left out,
 * IPv6 has brackets, and the chroot stands once, behind the last server.
 *
 * @throws HostError
 */
export function hosts(parts: readonly string[]): Hosts {
  const servers = parts.map((part, index) => {
    const last = index === parts.length - 1
    try {
      return server(last ? withoutChroot(part) : part)
    } catch (error) {
      throw new HostError((error as Error).message, index)
    }
  })
  const last = parts.at(-1)!.trim()
  const chroot = last.slice(withoutChroot(last).length)
  return { servers, chroot: chroot === '/' ? '' : chroot }
}

export function printed({ host, port }: Server): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

const withoutChroot = (part: string) => (part.includes('://') ? part : part.replace(/\/.*$/s, ''))

function server(part: string): Server {
  const text = part.trim()
  const shown = JSON.stringify(text)
  if (text.includes('/')) throw new TypeError(`${shown} is not a server: ${reproach(text)}`)
  const { host, port } = addressOf(text, shown)
  if (text.startsWith('[') ? !isIPv6(host) : !NAME.test(host)) throw new TypeError(`${shown} is no server; ${EXAMPLES}`)
  if (port >= 1 && port <= 65_535) return { host, port }
  throw new TypeError(`${shown} has a port that is not between 1 and 65535`)
}

const reproach = (text: string) =>
  text.includes('://') ? `it has a scheme; ${EXAMPLES}` : 'a chroot stands behind the last server'

function addressOf(text: string, shown: string): Server {
  try {
    return address(/^(?:\[[^\]]*\]|[^:]+)$/.test(text) ? `${text}:${DEFAULT_PORT}` : text)
  } catch {
    throw new TypeError(`${shown} is not an address; ${EXAMPLES}`)
  }
}
