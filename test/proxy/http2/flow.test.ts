import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { data, END_STREAM, FRAME, headers } from '../../support/http2-frames.ts'
import { exchange, settled, until } from '../http1/exchange.ts'
import { frameUpstream, http2Upstream, open } from './peers.ts'

/** What one stream may have on its way, and what Node keeps before it holds the source. */
const WINDOW = 256 * 1024

function endless() {
  const source = { bytes: 0 }
  const chunk = Buffer.alloc(16 * 1024)
  const body = new Readable({
    read() {
      source.bytes += chunk.length
      this.push(chunk)
    },
  })
  return { source, body }
}

describe('a paused call', () => {
  it('hears no data, holds no more than a window, and does not hold up the others', async () => {
    const { source, body } = endless()
    const to = await http2Upstream((stream, { ':path': path }) => {
      stream.respond()
      if (path === '/endless') body.pipe(stream)
      else stream.end('ok')
    })
    const upstream = open(to)
    let bytes = 0
    let takes = false
    const onData = (chunk: Buffer) => {
      bytes += chunk.length
      if (!takes) told.call.pause()
    }
    const told = exchange(upstream, { path: '/endless' }, { onData })
    await until(() => bytes > 0)
    let before = -1
    while (before !== source.bytes) {
      before = source.bytes
      await settled(200)
    }
    expect(bytes).toBeLessThan(64 * 1024)
    expect(source.bytes).toBeLessThan(2 * WINDOW)
    for (let i = 0; i < 3; i++) expect((await exchange(upstream).over).body).toBe('ok')
    takes = true
    told.call.resume()
    await until(() => source.bytes > 2 * before)
    told.call.abort()
  })

  it('has all of a body that was whole when the instance closed the session', async () => {
    const to = await frameUpstream((peer, stream) => {
      const chunk = Buffer.alloc(16_000, 'x')
      peer.write(headers(stream, [':status', '200']), ...Array.from({ length: 8 }, () => data(stream, chunk)))
      peer.write(data(stream, 'end', END_STREAM))
      peer.socket.end()
    })
    const upstream = open(to)
    const told = exchange(upstream, {}, { onHead: () => told.call.pause() })
    await until(() => to.peers[0]?.gone)
    await settled()
    expect(told.heard).toEqual(['sending', 'head'])
    told.call.resume()
    expect((await told.over).heard).toEqual(['sending', 'head', 'data', 'end'])
    expect([told.body.length, told.body.slice(-4)]).toEqual([8 * 16_000 + 3, 'xend'])
  })

  it('may be paused within each chunk', async () => {
    const to = await http2Upstream((stream) => {
      stream.respond()
      Readable.from(Array.from({ length: 40 }, () => Buffer.alloc(30_000))).pipe(stream)
    })
    let bytes = 0
    const onData = (chunk: Buffer) => {
      bytes += chunk.length
      told.call.pause()
      setImmediate(() => told.call.resume())
    }
    const told = exchange(open(to), {}, { onData })
    expect((await told.over).heard.at(-1)).toBe('end')
    expect(bytes).toBe(40 * 30_000)
  })
})

describe('an instance that does not read', () => {
  it('holds the request body, and goes on with it when it reads', async () => {
    const { source, body } = endless()
    const to = await frameUpstream(() => {})
    const told = exchange(open(to), { method: 'POST', body })
    let before = -1
    while (before !== source.bytes || before < 65_535) {
      before = source.bytes
      await settled(200)
    }
    expect(source.bytes).toBeLessThan(WINDOW)
    const more = Buffer.from([0, 4, 0, 0])
    const window = (stream: number) => Buffer.concat([Buffer.from([0, 0, 4, FRAME.window, 0, 0, 0, 0, stream]), more])
    to.peers[0]!.write(window(0), window(1))
    await until(() => source.bytes > before + 100_000)
    told.call.abort()
  })
})
