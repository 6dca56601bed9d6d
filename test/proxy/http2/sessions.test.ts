import type { ServerHttp2Stream } from 'node:http2'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  ACK,
  CODE,
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  goaway,
  headers,
  reset,
  settings,
} from '../../support/http2-frames.ts'
import { exchange, settled, until } from '../http1/exchange.ts'
import { answering } from '../http1/raw-upstream.ts'
import { type FramePeer, frameUpstream, http2Upstream, open } from './peers.ts'

const ok = (peer: FramePeer, stream: number) =>
  peer.write(headers(stream, [':status', '200'], END_HEADERS | END_STREAM))

/** An instance that answers when it is told to. */
async function holding(maxConcurrentStreams: number) {
  const held: ServerHttp2Stream[] = []
  const to = await http2Upstream((stream) => held.push(stream), { maxConcurrentStreams })
  const answerNext = () => held.shift()!.respond({ ':status': 200 }, { endStream: true })
  return { ...to, held, answerNext }
}

describe('calls share a session', () => {
  it('up to what the instance allows; then there is another one', async () => {
    const to = await holding(2)
    const upstream = open(to)
    const all = Array.from({ length: 5 }, () => exchange(upstream))
    await until(() => to.held.length === 5)
    expect(to.sessions.length).toBe(3)
    while (to.held.length > 0) to.answerNext()
    for (const { over } of all) expect((await over).heard.at(-1)).toBe('end')
    const after = exchange(upstream)
    await until(() => to.held.length === 1)
    to.answerNext()
    expect((await after.over).heard.at(-1)).toBe('end')
    expect(to.sessions.length).toBe(3)
  })

  it('and wait, first come first served, when there may be no other one', async () => {
    const to = await holding(1)
    const upstream = open(to, { connections: 1 })
    const waited: boolean[] = []
    const all = ['/1', '/2', '/3'].map((path) => exchange(upstream, { path }, { onSending: (it) => waited.push(it) }))
    for (let i = 0; i < 3; i++) {
      await until(() => to.held.length === 1)
      to.answerNext()
      await all[i]!.over
    }
    expect(to.sessions.length).toBe(1)
    expect(waited).toEqual([true, true, true])
  })

  it('and take up room that the instance gives later', async () => {
    const to = await frameUpstream(ok, { settings: { 3: 0 } })
    const told = exchange(open(to))
    await until(() => to.peers[0]?.of(FRAME.settings).length === 2)
    expect(told.heard).toEqual([])
    to.peers[0]!.write(settings({ 3: 1 }))
    expect((await told.over).heard).toEqual(['sending', 'head', 'end'])
  })

  it('of which one that gives up leaves the others alone', async () => {
    const to = await holding(1)
    const upstream = open(to, { connections: 1 })
    const [first, second, third] = [exchange(upstream), exchange(upstream), exchange(upstream)]
    await until(() => to.held.length === 1)
    second.call.abort()
    first.call.abort()
    await until(() => to.held.length === 2)
    to.held[1]!.respond({ ':status': 200 }, { endStream: true })
    expect((await third.over).heard).toEqual(['sending', 'head', 'end'])
    expect([first.heard, second.heard]).toEqual([['sending'], []])
  })
})

describe('no session', () => {
  it('with an instance that refuses connections fails all who wait for it', async () => {
    const to = await http2Upstream(() => {})
    await new Promise((closed) => to.server.close(closed))
    const upstream = open(to)
    const all = await Promise.all([exchange(upstream).over, exchange(upstream).over])
    for (const { heard } of all) expect(heard).toEqual(['error:connect'])
  })

  it('with one that speaks HTTP/1.1', async () => {
    const told = await exchange(open(await answering(() => 'HTTP/1.1 400 Bad Request\r\n\r\n'))).over
    expect(told.heard).toEqual(['error:connect'])
    expect(told.error!.message).toMatch(/no connection to 127\.0\.0\.1 port \d+: it does not speak HTTP\/2/)
  })

  it('with one that says nothing in time', async () => {
    const told = await exchange(open(await frameUpstream(ok, { settings: null }), { connectTimeoutMs: 100 })).over
    expect(told.heard).toEqual(['error:connect'])
    expect(told.error!.message).toContain('no HTTP/2 settings in time')
  })

  it('with one that closes at once', async () => {
    const to = await frameUpstream(ok, { settings: null })
    to.server.on('connection', (socket) => socket.end())
    const told = await exchange(open(to)).over
    expect(told.heard).toEqual(['error:connect'])
  })
})

describe('GOAWAY', () => {
  it('lets calls end that the instance has seen, and sends new ones elsewhere', async () => {
    const answer = (peer: FramePeer, stream: number) => {
      if (to.peers.length > 1) ok(peer, stream)
      else peer.write(goaway(stream, CODE.none))
    }
    const to = await frameUpstream(answer, { lingers: true })
    const upstream = open(to)
    const first = exchange(upstream)
    await until(() => to.peers[0]?.of(FRAME.goaway).length)
    expect((await exchange(upstream).over).heard.at(-1)).toBe('end')
    expect(to.peers.length).toBe(2)
    ok(to.peers[0]!, 1)
    expect((await first.over).heard).toEqual(['sending', 'head', 'end'])
    await until(() => to.peers[0]!.gone)
  })

  it.each([
    ['at leisure', CODE.none],
    ['in anger', CODE.calm],
  ])('%s says of calls that it has not seen that they were not processed', async (_how, code) => {
    const to = await frameUpstream((peer, stream) => peer.write(goaway(Math.max(0, stream - 2), code)))
    const told = await exchange(open(to)).over
    expect(told.heard).toEqual(['sending', 'error:reset'])
    expect(told.error).toMatchObject({ kind: 'reset', unprocessed: true })
  })

  it('in anger breaks what has been seen, which may have been processed', async () => {
    const to = await frameUpstream((peer, stream) => peer.write(goaway(stream, CODE.internal)))
    const told = await exchange(open(to)).over
    expect(told.heard.at(-1)).toMatch(/^error:/)
    expect(told.error).toMatchObject({ stale: false, unprocessed: false })
  })
})

describe('a stream', () => {
  it('that is refused was not processed', async () => {
    const to = await frameUpstream((peer, stream) => peer.write(reset(stream, CODE.refused)))
    const told = await exchange(open(to)).over
    expect(told.error).toMatchObject({ kind: 'reset', stale: false, unprocessed: true })
  })

  it('that is reset with any other code may have been', async () => {
    const to = await frameUpstream((peer, stream) => peer.write(reset(stream, CODE.calm)))
    expect((await exchange(open(to)).over).error).toMatchObject({ kind: 'reset', unprocessed: false })
  })
})

describe('a session', () => {
  it('that has served and breaks under a request is stale', async () => {
    const to = await frameUpstream((peer, stream) => (stream === 1 ? ok(peer, stream) : peer.socket.destroy()))
    const upstream = open(to)
    expect((await exchange(upstream).over).heard.at(-1)).toBe('end')
    expect((await exchange(upstream).over).error).toMatchObject({ kind: 'reset', stale: true, unprocessed: false })
    const fresh = await frameUpstream((peer) => peer.socket.destroy())
    expect((await exchange(open(fresh)).over).error).toMatchObject({ kind: 'reset', stale: false })
  })

  it('without calls closes after its time', async () => {
    const to = await frameUpstream(ok)
    const upstream = open(to, { idleTimeoutMs: 40 })
    expect((await exchange(upstream).over).heard.at(-1)).toBe('end')
    await until(() => to.peers[0]!.gone)
    expect(to.peers[0]!.of(FRAME.goaway).length).toBeGreaterThan(0)
    expect((await exchange(upstream).over).heard.at(-1)).toBe('end')
  })

  it('closes with the way to the instance, when its calls have ended', async () => {
    const to = await holding(10)
    const upstream = open(to)
    const told = exchange(upstream)
    await until(() => to.held.length === 1)
    upstream.close()
    expect(to.sessions[0]!.destroyed).toBe(false)
    to.answerNext()
    expect((await told.over).heard.at(-1)).toBe('end')
    await until(() => to.sessions[0]!.destroyed)
    const idle = await http2Upstream((stream) => stream.respond({ ':status': 200 }, { endStream: true }))
    const way = open(idle)
    await exchange(way).over
    way.close()
    await until(() => idle.sessions[0]!.destroyed)
  })
})

describe('a session, as time passes,', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'performance'] }))
  afterEach(() => void vi.useRealTimers())

  it('that has been silent gives a sign of life before it is trusted with a request', async () => {
    const to = await frameUpstream(ok)
    const upstream = open(to)
    await exchange(upstream).over
    vi.advanceTimersByTime(1100)
    await exchange(upstream).over
    const { frames } = to.peers[0]!
    const from = frames.findIndex(({ type, stream }) => type === FRAME.headers && stream === 3)
    expect(frames[from - 1]).toMatchObject({ type: FRAME.settings, flags: 0 })
    expect(to.peers.length).toBe(1)
  })

  it('that has vanished is replaced, and the request not lost, whatever its method', async () => {
    const to = await frameUpstream((peer, stream) => {
      ok(peer, stream)
      if (to.peers.length === 1) peer.socket.pause()
    })
    const upstream = open(to, { connectTimeoutMs: 300 })
    await exchange(upstream).over
    vi.advanceTimersByTime(1100)
    const told = await exchange(upstream, { method: 'POST', body: Readable.from([Buffer.from('a')]) }).over
    expect(told.heard).toEqual(['sending', 'head', 'end'])
    expect(to.peers.length).toBe(2)
    to.peers[0]!.socket.resume()
  })

  it('whose requests take long is asked once in a silence', async () => {
    const to = await frameUpstream(() => {})
    const told = exchange(open(to))
    const times = () =>
      to.peers[0]!.of(FRAME.settings).filter(({ flags, payload }) => flags !== ACK && payload.length === 0).length
    await until(() => to.peers[0]?.of(FRAME.headers).length)
    vi.advanceTimersByTime(1100)
    await until(() => times() === 1)
    await settled()
    vi.advanceTimersByTime(2200)
    ok(to.peers[0]!, 1)
    expect((await told.over).heard.at(-1)).toBe('end')
    expect(times()).toBe(1)
  })
})

it('pongs are given by Node itself', async () => {
  const to = await frameUpstream((peer) => peer.write(frame(FRAME.ping, 0, 0, Buffer.from('12345678'))))
  const told = exchange(open(to))
  await until(() => to.peers[0]?.of(FRAME.ping).some(({ flags }) => flags === ACK))
  told.call.abort()
})
