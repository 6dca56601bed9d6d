import type { Exchange } from '../exchange.ts'
import { addressOf, type ForwardedElement, nodeOf, quotedIfNeeded, readForwarded } from './forwarded.ts'
import { isHost } from './host.ts'

/** What the gateway has seen itself of the request. */
export interface Seen {
  readonly address: string | undefined
  readonly proto: string
  readonly host: string
  readonly prefix: string
}

/**
 * What instances are told of a request that a trusted peer has passed on: its word stands where it is one, and ours is added
 * where the field is a list or a path. A value that such a field cannot have is as good as none: a proxy may pass on what
 * its own client made up.
 */
export function addTrustedWord(headers: string[], exchange: Exchange, seen: Seen): void {
  const chain = chainOf(exchange, seen)
  if (chain) headers.push('x-forwarded-for', chain)
  headers.push('x-forwarded-proto', saidProto(exchange) ?? seen.proto)
  const host = saidHost(exchange) ?? seen.host
  if (host) headers.push('x-forwarded-host', host)
  const prefix = saidPrefix(exchange) + seen.prefix
  if (prefix) headers.push('x-forwarded-prefix', prefix)
  const port = exchange.header('x-forwarded-port')
  if (port !== undefined && /^\d{1,5}$/.test(port)) headers.push('x-forwarded-port', port)
  const realIp = exchange.header('x-real-ip')
  if (realIp !== undefined && addressOf(realIp)) headers.push('x-real-ip', realIp)
}

/** The value of `Forwarded`: the chain that is there, or what `X-Forwarded-*` say in its place, and then ourselves. */
export function forwardedBehindTrusted(exchange: Exchange, seen: Seen): string {
  const own = forwardedElement(seen)
  const said = exchange.header('forwarded')
  if (said !== undefined && readForwarded(said)) return `${said}, ${own}`
  const [client, ...proxies] = listed(exchange).map(addressOf)
  if (client === undefined && proxies.length === 0) return own
  const first = {
    address: client,
    proto: saidProto(exchange) ?? seen.proto,
    host: saidHost(exchange) ?? seen.host,
  }
  return [forwardedElement(first), ...proxies.map((address) => `for=${nodeOf(address)}`), own].join(', ')
}

export function forwardedElement({ address, proto, host }: Omit<Seen, 'prefix'>): string {
  const named = host ? `;host=${quotedIfNeeded(host)}` : ''
  return `for=${nodeOf(address)}${named};proto=${proto}`
}

/** As it was said, for instances look at it with a list of proxies of their own. */
function chainOf(exchange: Exchange, { address }: Seen): string {
  const said = exchange.believed?.map((element) => addressOf(element.get('for') ?? '') ?? 'unknown') ?? listed(exchange)
  return [...said, ...(address ? [address] : [])].join(', ')
}

function listed(exchange: Exchange): string[] {
  const list = exchange.header('x-forwarded-for') ?? ''
  return list
    .split(',')
    .map((hop) => hop.trim())
    .filter(Boolean)
}

function saidProto(exchange: Exchange): string | undefined {
  const said = (exchange.header('x-forwarded-proto') ?? client(exchange)?.get('proto'))?.toLowerCase()
  return said === 'http' || said === 'https' ? said : undefined
}

function saidHost(exchange: Exchange): string | undefined {
  const said = exchange.header('x-forwarded-host') ?? client(exchange)?.get('host')
  return said && isHost(said) ? said : undefined
}

/** `//` would make another host of what an instance puts it before. */
function saidPrefix(exchange: Exchange): string {
  const said = exchange.header('x-forwarded-prefix') ?? ''
  return /^(?:\/[\w.~!$&'()*+;=:@%-]+)+\/?$/.test(said) ? said.replace(/\/$/, '') : ''
}

/** The first element that is believed is of the hop that the client has asked. */
function client({ believed }: Exchange): ForwardedElement | undefined {
  return believed?.[0]
}
