import { cut, quoted } from './say.ts'

export interface Endpoint {
  readonly scheme: string
  readonly host: string
  readonly port: number
  readonly query: URLSearchParams
}

/** What this gateway can speak to: HTTP under its names, and under Dubbo's. */
const SPOKEN = new Set(['http', 'https', 'rest', 'tri'])
const USUAL_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 }

/** @throws Error unless it is an absolute URL with a host; whether one can connect there is for `instance()` to say */
export function endpointOf(written: unknown): Endpoint {
  const url = typeof written === 'string' && URL.canParse(written) ? new URL(written) : undefined
  if (!url?.hostname) throw new Error(`${quoted(written)} is not a URL; it looks like "http://10.0.0.1:8080"`)
  const scheme = url.protocol.slice(0, -1)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return { scheme, host, port: Number(url.port) || USUAL_PORTS[scheme] || 0, query: url.searchParams }
}

export const isSpoken = (scheme: string) => SPOKEN.has(scheme)

/** @throws Error that says what a gateway for HTTP would have to speak there */
export function assertSpoken({ scheme, host, port }: Pick<Endpoint, 'scheme' | 'host' | 'port'>): void {
  if (!isSpoken(scheme)) throw new Error(`not HTTP: ${cut(scheme, 20)}://${cut(host, 60)}:${port}`)
}

/** The first of each name. */
export function byName<One>(entries: Iterable<readonly [name: string, one: One]>): ReadonlyMap<string, One> {
  const found = new Map<string, One>()
  for (const [name, one] of entries) if (!found.has(name)) found.set(name, one)
  return found
}

/** @throws Error that says which there are */
export function named<One>(endpoints: ReadonlyMap<string, One>, name: string): One {
  const found = endpoints.get(name)
  if (found !== undefined) return found
  const known = [...endpoints.keys()].slice(0, 10).map((key) => cut(key, 20))
  throw new Error(`no endpoint ${quoted(name)}; there ${known.length > 0 ? `are: ${known.join(', ')}` : 'is none'}`)
}
