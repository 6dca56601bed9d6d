import { expect, it } from 'vitest'
import { Words } from '../../../src/proxy/headers/words.ts'
import type { Exchange } from '../../../src/proxy/index.ts'
import type { Peer } from '../../../src/proxy/peer.ts'

const words = new Words({ forwarded: true, subjectHeader: null })

interface Asking {
  readonly host?: string
  readonly prefix?: string
  readonly httpVersion?: string
  readonly via?: string
  readonly peerTrusted?: boolean
}

function wordOn(peer: Peer | undefined, { host = 'shop', prefix = '/a', via, ...rest }: Asking = {}) {
  const headers = via === undefined ? {} : { via }
  const exchange = { peer, route: { prefix }, headers, httpVersion: '1.1', peerTrusted: false, ...rest }
  return words.on({ ...exchange, header: (name: keyof typeof headers) => headers[name] } as unknown as Exchange, host)
}

const peer = () => ({ address: '10.0.0.1' }) as Peer

it('says again what it has said of a client whose next request is like the last one', () => {
  const client = peer()
  expect(wordOn(client)).toBe(wordOn(client))
})

it.each([
  ['another host', { host: 'cart' }, 'x-forwarded-host', 'cart'],
  ['another host, in Forwarded', { host: 'cart' }, 'forwarded', 'for=10.0.0.1;host=cart;proto=http'],
  ['another prefix', { prefix: '/b' }, 'x-forwarded-prefix', '/b'],
  ['another version', { httpVersion: '1.0' }, 'via', '1.0 portolan'],
  ['a proxy of its own', { via: '1.1 other' }, 'via', '1.1 other, 1.1 portolan'],
])('says of the next request of a client what is true of it: %s', (_, asking, name, value) => {
  const client = peer()
  const before = wordOn(client)
  const { fields } = wordOn(client, asking)
  expect(fields[fields.indexOf(name) + 1]).toBe(value)
  expect(wordOn(client)).toEqual(before)
})

it('keeps nothing of what a trusted proxy says', () => {
  const proxy = peer()
  wordOn(proxy, { peerTrusted: true })
  expect(proxy.word).toBeUndefined()
})

it('is said of requests that no client has sent', () => {
  expect(wordOn(undefined).fields).toContain('x-forwarded-host')
})
