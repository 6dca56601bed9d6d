import { addressOf, type Exchange, readForwarded, within } from '../proxy/index.ts'

/**
 * Decides whose word about the client is believed: that of peers within `trustedProxies` (addresses and CIDRs), nobody else's.
 * `Forwarded` is looked at where there is no `X-Forwarded-For`.
 */
export function trust(trustedProxies: readonly string[]): (exchange: Exchange) => void {
  if (trustedProxies.length === 0) return () => undefined
  const isTrusted = within(trustedProxies)
  return function recogniseClient(exchange) {
    exchange.peerTrusted = isTrusted(exchange.clientAddress)
    if (!exchange.peerTrusted) return
    const list = exchange.header('x-forwarded-for')
    if (list) believeList(exchange, list)
    else believeForwarded(exchange, exchange.header('forwarded'))
  }

  function believeList(exchange: Exchange, list: string): void {
    const hops = list.split(',').filter((hop) => hop.trim() !== '')
    const client = furthest(hops.length, (i) => addressOf(hops[i]!))
    if (client < hops.length) exchange.clientAddress = addressOf(hops[client]!)!
  }

  function believeForwarded(exchange: Exchange, said: string | undefined): void {
    const elements = said && readForwarded(said)
    if (!elements) return
    const address = (i: number) => addressOf(elements[i]!.get('for') ?? '')
    const client = furthest(elements.length, address)
    if (client === elements.length) return
    exchange.clientAddress = address(client)!
    exchange.believed = elements.slice(client)
  }

  /**
   * From the right: each trusted hop vouches for the one before it. The first that is not trusted is the client, so that a client
   * cannot choose its address; one that is no address ends what is known.
   */
  function furthest(count: number, address: (i: number) => string | undefined): number {
    let client = count
    while (client > 0) {
      const hop = address(client - 1)
      if (hop === undefined) break
      client--
      if (!isTrusted(hop)) break
    }
    return client
  }
}
