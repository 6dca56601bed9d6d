import { type Exchange, within } from '../proxy/index.ts'

/** Decides whose word about the client is believed: that of peers within `trustedProxies` (addresses and CIDRs), nobody else's. */
export function trust(trustedProxies: readonly string[]): (exchange: Exchange) => void {
  if (trustedProxies.length === 0) return () => undefined
  const isTrusted = within(trustedProxies)
  return function recogniseClient(exchange) {
    exchange.peerTrusted = isTrusted(exchange.clientAddress)
    if (!exchange.peerTrusted) return
    // From the right: each trusted hop vouches for the one before it; the first that is not trusted is the client.
    const hops = (exchange.header('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim())
    const client = hops.findLast((hop) => !isTrusted(hop))
    if (client) exchange.clientAddress = client
  }
}
