import { expect, it } from 'vitest'
import { trust } from '../../src/gateway/client-address.ts'
import type { Exchange } from '../../src/proxy/index.ts'

interface Said {
  readonly list?: string
  readonly forwarded?: string
}

function recognised(trusted: readonly string[], peerAddress: string, { list, forwarded }: Said = {}) {
  const said: Record<string, string | undefined> = { 'x-forwarded-for': list, forwarded }
  const exchange = { clientAddress: peerAddress, peerTrusted: false, header: (name: string) => said[name] } as unknown
  trust(trusted)(exchange as Exchange)
  const { clientAddress: client, peerTrusted, believed } = exchange as Exchange
  return { client, peerTrusted, believed: believed?.length }
}

const client = (said: Said, trusted = ['10.0.0.0/8']) => recognised(trusted, '10.0.0.1', said).client

it('believes nobody when nobody is trusted', () => {
  expect(recognised([], '10.0.0.1', { list: '1.2.3.4' })).toMatchObject({ client: '10.0.0.1', peerTrusted: false })
})

it.each(['10.0.0.1', 'fd00::1', '::ffff:10.9.9.9', 'fe80::1%eth0'])('believes the trusted peer %s', (peer) => {
  const trusted = ['10.0.0.0/8', 'fd00::/8', 'fe80::/10']
  expect(recognised(trusted, peer, { list: '1.2.3.4' })).toMatchObject({ client: '1.2.3.4', peerTrusted: true })
})

it('does not believe a peer outside of the ranges', () => {
  const said = { list: '1.2.3.4', forwarded: 'for=1.2.3.4' }
  expect(recognised(['10.0.0.0/8'], '192.168.0.1', said)).toMatchObject({ client: '192.168.0.1', peerTrusted: false })
})

it('takes the last hop that no trusted hop vouches for, so that a client cannot choose its address', () => {
  expect(client({ list: '6.6.6.6, 1.2.3.4, 10.0.0.2' })).toBe('1.2.3.4')
  expect(client({ forwarded: 'for=6.6.6.6, for="1.2.3.4:99";proto=https, for=10.0.0.2' })).toBe('1.2.3.4')
})

it('takes the furthest of hops that are all trusted', () => {
  expect(client({ list: '10.0.0.3, 10.0.0.2' })).toBe('10.0.0.3')
})

it('stays with the peer when nothing is said', () => {
  expect([client({}), client({ list: '' }), client({ list: ', ,' })]).toEqual(['10.0.0.1', '10.0.0.1', '10.0.0.1'])
})

it('reads ports, brackets, and IPv4 within IPv6', () => {
  expect(client({ list: '1.2.3.4:5678' })).toBe('1.2.3.4')
  expect(client({ list: '[2001:db8::1]:5678, ::ffff:10.0.0.2' })).toBe('2001:db8::1')
  expect(client({ forwarded: 'for="[2001:db8::1]:5678"' })).toBe('2001:db8::1')
})

it.each(['unknown', '_hidden', '"><script>', '999.1.1.1', '1.2.3.4;', 'a'.repeat(10_000)])(
  'knows nothing beyond the hop %.20s',
  (hop) => {
    expect(client({ list: `1.2.3.4, ${hop}, 10.0.0.2` })).toBe('10.0.0.2')
    expect(client({ list: hop })).toBe('10.0.0.1')
  },
)

it.each(['for=', 'for="1.2.3.4', 'for=1.2.3.4;for=1.2.3.5', 'for=2001:db8::1', '\u00e9=1', 'for=unknown'])(
  'stays with the peer when its Forwarded says %s',
  (forwarded) => {
    expect(client({ forwarded })).toBe('10.0.0.1')
  },
)

it('believes X-Forwarded-For before Forwarded', () => {
  const said = { list: '1.2.3.4', forwarded: 'for=5.6.7.8' }
  expect(recognised(['10.0.0.0/8'], '10.0.0.1', said)).toMatchObject({ client: '1.2.3.4', believed: undefined })
})

it('believes of Forwarded what is said from the client on', () => {
  const said = { forwarded: 'for=6.6.6.6;host=evil, for=1.2.3.4;host=a, for=10.0.0.2' }
  expect(recognised(['10.0.0.0/8'], '10.0.0.1', said).believed).toBe(2)
})
