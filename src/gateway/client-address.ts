import { BlockList, isIP } from 'node:net'
import type { Exchange } from '../proxy/index.ts'

/** Decides whose word about the client is believed: that of peers within `trustedProxies` (addresses and CIDRs), nobody else's. */
export function trust(trustedProxies: readonly string[]): (exchange: Exchange) => void {
  if (trustedProxies.length === 0) return () => undefined
  const trusted = blockList(trustedProxies)
  const isTrusted = (address: string) =>
    isIP(address) !== 0 && trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  return function recogniseClient(exchange) {
    exchange.peerTrusted = isTrusted(exchange.clientAddress)
    if (!exchange.peerTrusted) return
    // From the right: each trusted hop vouches for the one before it; the first that is not trusted is the client.
    const hops = (exchange.header('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim())
    const client = hops.findLast((hop) => !isTrusted(hop))
    if (client) exchange.clientAddress = client
  }
}

function blockList(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}
