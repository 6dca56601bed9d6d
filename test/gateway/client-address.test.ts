import { expect, it } from 'vitest'
import { trust } from '../../src/gateway/client-address.ts'
import type { Exchange } from '../../src/proxy/index.ts'

function recognised(trusted: readonly string[], peerAddress: string, forwardedFor?: string) {
  const exchange = { clientAddress: peerAddress, peerTrusted: false, header: () => forwardedFor }
  trust(trusted)(exchange as unknown as Exchange)
  return { client: exchange.clientAddress, peerTrusted: exchange.peerTrusted }
}

it('believes nobody when nobody is trusted', () => {
  expect(recognised([], '10.0.0.1', '1.2.3.4')).toEqual({ client: '10.0.0.1', peerTrusted: false })
})

it('believes a trusted peer, by address and by range', () => {
  expect(recognised(['10.0.0.1'], '10.0.0.1', '1.2.3.4')).toEqual({ client: '1.2.3.4', peerTrusted: true })
  expect(recognised(['10.0.0.0/8', 'fd00::/8'], 'fd00::1', '1.2.3.4')).toEqual({ client: '1.2.3.4', peerTrusted: true })
})

it('does not believe a peer outside of the ranges', () => {
  expect(recognised(['10.0.0.0/8'], '192.168.0.1', '1.2.3.4')).toEqual({ client: '192.168.0.1', peerTrusted: false })
})

it('takes the last hop that no trusted hop vouches for, so that a client cannot choose its address', () => {
  expect(recognised(['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2').client).toBe('1.2.3.4')
})

it('stays with the peer when the chain is missing or all trusted', () => {
  expect(recognised(['10.0.0.0/8'], '10.0.0.1').client).toBe('10.0.0.1')
  expect(recognised(['10.0.0.0/8'], '10.0.0.1', '10.0.0.2').client).toBe('10.0.0.1')
})
