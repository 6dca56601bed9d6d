import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { UpstreamRequest } from '../../../src/proxy/transport.ts'
import { exchange, open, settled, until } from './exchange.ts'
import { answering, ok, rawUpstream } from './raw-upstream.ts'

describe('one connection serves', () => {
  it.each([
    ['GET', () => ({}), ok()],
    ['HEAD', () => ({ method: 'HEAD' }), 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'],
    ['DELETE with body', () => ({ method: 'DELETE', body: Readable.from([Buffer.from('abc')]), bodyLength: 3 }), ok()],
    ['POST in chunks', () => ({ method: 'POST', body: Readable.from([Buffer.from('abc')]) }), ok()],
    ['204', () => ({}), 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['chunked', () => ({}), 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
  ] as [string, () => Partial<UpstreamRequest>, string][])('20 calls in turn: %s', async (_what, request, response) => {
    const raw = await answering(() => response)
    const upstream = open(raw)
    for (let i = 0; i < 20; i++) expect((await exchange(upstream, request()).over).heard.at(-1)).toBe('end')
    expect(raw.peers.length).toBe(1)
  })
})

describe('a connection is not used again after', () => {
  it.each([
    ['Connection: close', ok('ok', 'Connection: close\r\n')],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['a second response nobody asked for', ok() + ok('evil')],
    ['bytes beyond the body', `${ok()}x`],
    ['both framings', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
    ['a hint that it is about to go', ok('ok', 'Keep-Alive: timeout=1\r\n')],
  ])('%s', async (_what, response) => {
    const raw = await answering(() => response)
    const upstream = open(raw)
    for (let i = 0; i < 3; i++) expect((await exchange(upstream).over).body).toBe('ok')
    expect(raw.peers.length).toBe(3)
    await until(() => raw.peers.every((peer) => peer.gone))
  })

  it('a body behind the head of an answer to HEAD, even when calls wait', async () => {
    const raw = await answering((request, nth) =>
      request.startsWith('HEAD') ? `HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n` : ok(`answer ${nth}`),
    )
    const upstream = open(raw, { connections: 1 })
    const head = exchange(upstream, { method: 'HEAD' }, { onHead: () => raw.peers[0]!.write(ok('evil')) })
    const next = exchange(upstream)
    expect((await head.over).heard).toEqual(['sending', 'head', 'end'])
    expect((await next.over).body).toBe('answer 1')
    expect(raw.peers.length).toBe(2)
  })
})

describe('an idle connection', () => {
  const idle = async (settings = {}, response = ok()) => {
    const raw = await answering(() => response)
    const upstream = open(raw, settings)
    await exchange(upstream).over
    return { raw, upstream, peer: raw.peers[0]! }
  }

  it('on which the peer says FIN is dropped at once', async () => {
    const { raw, upstream, peer } = await idle()
    peer.socket.end()
    await until(() => peer.gone)
    expect((await exchange(upstream).over).body).toBe('ok')
    expect(raw.peers.length).toBe(2)
  })

  it('on which the peer says RST is dropped at once', async () => {
    const { upstream, peer } = await idle()
    peer.socket.resetAndDestroy()
    await settled()
    expect((await exchange(upstream).over).body).toBe('ok')
  })

  it('on which anything arrives is closed, and none of it is delivered', async () => {
    const { raw, upstream, peer } = await idle()
    peer.write(ok('evil'))
    await until(() => peer.gone)
    expect((await exchange(upstream).over).body).toBe('ok')
    expect(raw.peers.length).toBe(2)
  })

  it('is closed after idleTimeoutMs', async () => {
    const { peer } = await idle({ idleTimeoutMs: 30 })
    await until(() => peer.gone)
  })

  it('is closed a second before the peer says it closes', async () => {
    const { peer } = await idle({}, ok('ok', 'Keep-Alive: timeout=2\r\n'))
    const start = performance.now()
    await until(() => peer.gone)
    expect(performance.now() - start).toBeGreaterThan(900)
  })

  it('is closed with its upstream, while a running call ends first', async () => {
    const raw = await rawUpstream()
    const upstream = open(raw)
    const [first, second] = [exchange(upstream), exchange(upstream)]
    await until(() => raw.peers.length === 2 && raw.peers.every((peer) => peer.received))
    const order = raw.peers[0]!
    order.write(ok('one'))
    await Promise.race([first.over, second.over])
    upstream.close()
    await until(() => order.gone)
    expect(raw.peers[1]!.gone).toBe(false)
    raw.peers[1]!.write(ok('two'))
    await Promise.all([first.over, second.over])
    expect([first.body, second.body].sort()).toEqual(['one', 'two'])
    await until(() => raw.peers[1]!.gone)
  })
})

it('takes the connection used last', async () => {
  const raw = await rawUpstream()
  const upstream = open(raw)
  const calls = ['/a', '/b', '/c'].map((path) => exchange(upstream, { path }))
  const peerOf = (path: string) => raw.peers.find((peer) => peer.received.includes(`GET ${path} `))
  await until(() => peerOf('/a') && peerOf('/b') && peerOf('/c'))
  for (const [i, path] of ['/b', '/c', '/a'].entries()) {
    peerOf(path)!.write(ok())
    await calls[['/a', '/b', '/c'].indexOf(path)]!.over
    expect(calls.filter((call) => call.heard.includes('end')).length).toBe(i + 1)
  }
  for (const path of ['/d', '/e']) exchange(upstream, { path })
  await until(() => peerOf('/d') && peerOf('/e'))
  expect(peerOf('/d')).toBe(peerOf('/a'))
  expect(peerOf('/e')).toBe(peerOf('/c'))
})

describe('calls beyond the limit of connections', () => {
  it('wait and are served first come, first served', async () => {
    const raw = await answering((request) => ok(/\d+/.exec(request)![0]))
    const upstream = open(raw, { connections: 2 })
    const calls = Array.from({ length: 50 }, (_, i) => exchange(upstream, { path: `/${i}` }))
    for (const [i, call] of calls.entries()) expect((await call.over).body).toBe(String(i))
    expect(raw.peers.length).toBe(2)
    const sent = raw.requests.map((request) => Number(/\d+/.exec(request)![0]))
    for (const [place, i] of sent.entries()) expect(Math.abs(place - i)).toBeLessThanOrEqual(2)
  })

  it('get a new connection when one closes', async () => {
    const raw = await answering(() => ok('ok', 'Connection: close\r\n'))
    const upstream = open(raw, { connections: 1 })
    const calls = Array.from({ length: 5 }, () => exchange(upstream))
    for (const call of calls) expect((await call.over).body).toBe('ok')
    expect(raw.peers.length).toBe(5)
  })

  it('are refused when 1024 wait already', async () => {
    const raw = await rawUpstream()
    const upstream = open(raw, { connections: 1 })
    const running = exchange(upstream)
    await until(() => running.heard.includes('sending'))
    const calls = Array.from({ length: 1026 }, () => exchange(upstream))
    await Promise.all([calls[1024]!.over, calls[1025]!.over])
    expect(calls.map((call) => call.heard.join()).filter(Boolean)).toEqual(['error:queue', 'error:queue'])
    for (const { call } of [...calls, running]) call.abort()
  })

  it('made after close are served, and leave no connection behind', async () => {
    const raw = await answering(() => ok())
    const upstream = open(raw)
    upstream.close()
    expect((await exchange(upstream).over).body).toBe('ok')
    await until(() => raw.peers[0]!.gone)
  })

  it('still get their answer after close', async () => {
    const raw = await answering(() => ok())
    const upstream = open(raw, { connections: 1 })
    const calls = Array.from({ length: 3 }, () => exchange(upstream))
    await until(() => calls[0]!.heard.length)
    upstream.close()
    for (const call of calls) expect((await call.over).body).toBe('ok')
    await until(() => raw.peers[0]!.gone)
  })
})
