import { createServer } from 'node:net'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { instance } from '../../../src/plugin/index.ts'
import { exchange, open, settled, until } from './exchange.ts'
import { answering, ok, type Peer, rawUpstream } from './raw-upstream.ts'

const OK = 'HTTP/1.1 200 OK\r\n'

/** A port on which nobody listens. */
async function deserted() {
  const server = createServer().listen(0, '127.0.0.1')
  await until(() => server.listening)
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return { instance: instance({ host: '127.0.0.1', port }) }
}

it('takes a reset for no end, even when it comes together with data', async () => {
  const raw = await rawUpstream(({ socket }) => {
    socket.write(`${OK}\r\nthe first half`)
    socket.resetAndDestroy()
  })
  const { heard, body } = await exchange(open(raw)).over
  expect([heard.at(-1), body]).toEqual(['error:reset', 'the first half'])
})

describe('when no connection can be had', () => {
  it('the call fails with connect, says nothing was sent, and leaves the body untouched', async () => {
    const body = Readable.from([Buffer.from('abc')])
    const nowhere = await deserted()
    const told = await exchange(open(nowhere), { method: 'POST', body, bodyLength: 3 }).over
    expect(told.heard).toEqual(['error:connect'])
    expect(told.error).toMatchObject({ stale: false, cause: { code: 'ECONNREFUSED' } })
    expect(body.readableDidRead).toBe(false)

    const raw = await answering(() => ok())
    expect((await exchange(open(raw), { method: 'POST', body, bodyLength: 3 }).over).body).toBe('ok')
    expect(raw.requests[0]).toMatch(/\r\n\r\nabc$/)
  })

  it('those who wait try for themselves, and nobody hangs', async () => {
    const upstream = open(await deserted(), { connections: 2 })
    const calls = Array.from({ length: 50 }, () => exchange(upstream))
    for (const call of calls) expect((await call.over).heard).toEqual(['error:connect'])
  })

  it('while others are in use, those who wait are not left to wait for them', async () => {
    const raw = await rawUpstream()
    const upstream = open(raw, { connections: 2 })
    const endless = exchange(upstream)
    await until(() => raw.peers[0]?.received)
    raw.server.close()
    await until(() => !raw.server.listening)
    const calls = Array.from({ length: 3 }, () => exchange(upstream))
    for (const call of calls) expect((await call.over).heard).toEqual(['error:connect'])
    raw.peers[0]!.write(ok())
    expect((await endless.over).body).toBe('ok')
  })

  it('an unknown name is told as connect', async () => {
    const nowhere = { instance: instance({ host: 'no-such-host.invalid', port: 80 }) }
    expect((await exchange(open(nowhere)).over).heard).toEqual(['error:connect'])
  })

  it('a handshake that is never answered ends after connectTimeoutMs, for those who wait too', async () => {
    const raw = await rawUpstream()
    const upstream = open({ instance: { ...raw.instance, tls: true } }, { connectTimeoutMs: 100, connections: 1 })
    const start = performance.now()
    const calls = Array.from({ length: 10 }, () => exchange(upstream))
    for (const call of calls) expect((await call.over).heard).toEqual(['error:connect'])
    expect(calls[0]!.error!.message).toContain('not within 100 ms')
    expect(performance.now() - start).toBeGreaterThanOrEqual(99)
    expect(performance.now() - start).toBeLessThan(700)
    await until(() => raw.peers.every((peer) => peer.gone))
  })
})

it('a connection that came while this process was stalled is not too late', async () => {
  const raw = await answering(() => ok())
  const upstream = open(raw, { connectTimeoutMs: 5 })
  await settled(1) // timers come next, before the event loop looks for input
  const told = exchange(upstream)
  process.nextTick(() => {
    const start = performance.now()
    while (performance.now() - start < 30);
  })
  expect((await told.over).body).toBe('ok')
})

it('connectTimeoutMs is of no concern to a connection that is there', async () => {
  const raw = await answering(() => ok())
  const upstream = open(raw, { connectTimeoutMs: 50 })
  const start = performance.now()
  while (performance.now() - start < 100) expect((await exchange(upstream).over).body).toBe('ok')
  expect(raw.peers.length).toBe(1)
})

describe('a connection that breaks', () => {
  const used = async (then: (peer: Peer) => void) => {
    const raw = await answering((_request, nth) => (nth === 0 ? ok() : ''))
    const upstream = open(raw)
    await exchange(upstream).over
    const told = exchange(upstream)
    await until(() => told.heard.includes('sending'))
    await settled()
    then(raw.peers[0]!)
    return told.over
  }

  it.each([
    ['FIN', (peer: Peer) => peer.socket.end()],
    ['RST', (peer: Peer) => peer.socket.resetAndDestroy()],
  ])('by %s before a byte of the response is stale if it has served before', async (_how, act) => {
    const { error, heard } = await used(act)
    expect(heard).toEqual(['sending', 'error:reset'])
    expect(error!.stale).toBe(true)
  })

  it('after the first byte is not stale', async () => {
    const { error } = await used((peer) => peer.socket.end('H'))
    expect(error).toMatchObject({ kind: 'reset', stale: false })
  })

  it('is not stale when it is new', async () => {
    const raw = await rawUpstream((peer) => peer.socket.destroy())
    expect((await exchange(open(raw)).over).error).toMatchObject({ kind: 'reset', stale: false })
  })

  it('by RST ends no body, also not one that ends with the connection', async () => {
    const raw = await rawUpstream((peer) => peer.write(`${OK}\r\nabc`))
    const told = exchange(open(raw), {}, { onData: () => raw.peers[0]!.socket.resetAndDestroy() })
    expect((await told.over).heard).toEqual(['sending', 'head', 'data', 'error:reset'])
  })
})

describe('a response ends', () => {
  const answered = async (response: string, request = {}, also: Parameters<typeof exchange>[2] = {}) => {
    const raw = await rawUpstream((peer) => peer.socket.end(response, 'latin1'))
    const told = await exchange(open(raw), request, also).over
    await until(() => raw.peers[0]!.gone)
    return told
  }

  it.each([
    ['cleanly where the connection delimits it', `${OK}\r\nabc`, ['sending', 'head', 'data', 'end']],
    [
      'with reset where Content-Length promises more',
      `${OK}Content-Length: 9\r\n\r\nabc`,
      ['sending', 'head', 'data', 'error:reset'],
    ],
    [
      'with reset where a chunk is missing',
      `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`,
      ['sending', 'head', 'data', 'error:reset'],
    ],
    [
      'with protocol at a broken chunk',
      `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabcX0\r\n\r\n`,
      ['sending', 'head', 'data', 'error:protocol'],
    ],
    ['with reset within the head', `${OK}Content-`, ['sending', 'error:reset']],
    ['with reset where nothing comes', '', ['sending', 'error:reset']],
    ['with protocol at garbage', 'garbage', ['sending', 'error:protocol']],
    ['with protocol at 101', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n', ['sending', 'error:protocol']],
    ['with protocol at a header section of 1 MB', `${OK}x: ${'y'.repeat(1e6)}`, ['sending', 'error:protocol']],
  ])('%s', async (_how, response, heard) => expect((await answered(response)).heard).toEqual(heard))

  it('behind its interim responses', async () => {
    const informed: (readonly string[])[] = []
    const interim =
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n'
    const told = await answered(
      `${interim}${ok('final')}`,
      {},
      { onInformation: ({ headers }) => informed.push(headers) },
    )
    expect(told.heard).toEqual(['sending', 'information:103', 'information:102', 'head', 'data', 'end'])
    expect(informed).toEqual([['Link', 'x'], []])
    const { status, statusText, headers } = told.head!
    expect({ status, statusText, headers }).toEqual({ status: 200, statusText: 'OK', headers: ['Content-Length', '5'] })
    expect(told.body).toBe('final')
  })

  it('with its trailers', async () => {
    const told = await answered(
      `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nGrpc-Status: 0\r\nHost: x\r\n\r\n`,
    )
    expect(told.trailers).toEqual(['Grpc-Status', '0'])
  })
})
