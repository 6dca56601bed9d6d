import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { type Exchange, exchange, open, settled, until } from './exchange.ts'
import { answering, ok, rawUpstream } from './raw-upstream.ts'

const OK = 'HTTP/1.1 200 OK\r\n'
const MIB = 2 ** 20

describe('a paused call', () => {
  it('hears no more data, not even what has been read already', async () => {
    const raw = await answering(
      () => `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\nt: 1\r\n\r\n`,
    )
    const chunks: string[] = []
    const told: Exchange = exchange(
      open(raw),
      {},
      {
        onHead: () => told.call.pause(),
        onData: (chunk) => {
          chunks.push(chunk.toString())
          told.call.pause()
        },
      },
    )
    await until(() => told.heard.includes('head'))
    for (const expected of ['', 'a', 'ab', 'abc']) {
      await settled()
      expect(chunks.join('')).toBe(expected)
      told.call.resume()
      expect(chunks.join('')).toBe(expected)
    }
    expect((await told.over).trailers).toEqual(['t', '1'])
  })

  it('that is resumed and paused again in one go stays paused', async () => {
    const raw = await answering(() => ok('abc'))
    const told: Exchange = exchange(open(raw), {}, { onHead: () => told.call.pause() })
    await until(() => told.heard.includes('head'))
    told.call.resume()
    told.call.pause()
    await settled()
    expect(told.heard).toEqual(['sending', 'head'])
    told.call.resume()
    expect((await told.over).body).toBe('abc')
  })

  it.each(['start', 'first data'])('from its %s on holds 100 MB back in the instance', async (from) => {
    const size = 100e6
    let flushed = 0
    const raw = await rawUpstream((peer) => {
      peer.write(`${OK}Content-Length: ${size}\r\n\r\n`)
      const chunk = Buffer.alloc(1e6)
      for (let i = 0; i < 100; i++) peer.socket.write(chunk, () => (flushed += chunk.length))
    })
    let received = 0
    const onData = (chunk: Buffer) => {
      if (received === 0 && from === 'first data') told.call.pause()
      received += chunk.length
    }
    const told: Exchange = exchange(open(raw), {}, { onData })
    if (from === 'start') told.call.pause()
    await until(() => (from === 'start' ? raw.peers[0]?.received : received))
    let before = -1
    while (before !== flushed) {
      before = flushed
      await settled(200)
    }
    // What the kernel buffers on both sides; nothing piles up here.
    expect(flushed).toBeLessThan(24 * MIB)
    expect(received).toBeLessThanOrEqual(MIB)
    told.call.resume()
    await told.over
    expect(received).toBe(size)
  })

  it('gets the end of a response whose connection is closed meanwhile', async () => {
    const raw = await rawUpstream((peer) => peer.socket.end(`${OK}\r\nuntil the end`))
    const told: Exchange = exchange(open(raw), {}, { onHead: () => told.call.pause() })
    await until(() => told.heard.includes('head'))
    await settled()
    expect(told.heard).toEqual(['sending', 'head'])
    told.call.resume()
    expect((await told.over).heard).toEqual(['sending', 'head', 'data', 'end'])
    expect(told.body).toBe('until the end')
  })

  it('gives back a connection that reads again', async () => {
    const raw = await answering(() => ok())
    const upstream = open(raw)
    for (let i = 0; i < 5; i++) {
      const told: Exchange = exchange(upstream, {}, { onData: () => told.call.pause() })
      expect((await told.over).heard).toEqual(['sending', 'head', 'data', 'end'])
    }
    expect(raw.peers.length).toBe(1)
    raw.peers[0]!.socket.end()
    await until(() => raw.peers[0]!.gone)
  })

  it('before its connection is there starts paused', async () => {
    const raw = await answering(() => ok())
    const told = exchange(open(raw))
    told.call.pause()
    await until(() => raw.peers.length > 0)
    await settled()
    expect(told.heard).toEqual(['sending'])
    told.call.resume()
    expect((await told.over).body).toBe('ok')
  })
})

describe('an upload', () => {
  it('is read no faster than the instance takes it', async () => {
    let produced = 0
    const size = 100e6
    const chunk = Buffer.alloc(64 * 1024)
    const body = new Readable({
      read() {
        const left = size - produced
        produced += Math.min(left, chunk.length)
        this.push(left > 0 ? chunk.subarray(0, left) : null)
      },
    })
    const raw = await rawUpstream(() => {}, { manual: true })
    const told = exchange(open(raw), { method: 'PUT', body, bodyLength: size })
    let before = -1
    while (before !== produced || produced === 0) {
      before = produced
      await settled(200)
    }
    expect(produced).toBeLessThan(24 * MIB)
    let received = 0
    raw.peers[0]!.socket.on('data', (data) => {
      received += data.length
      if (received > size) raw.peers[0]!.write(ok())
    })
    expect((await told.over).body).toBe('ok')
    expect(produced).toBe(size)
  })

  it('goes out chunk by chunk as it comes', async () => {
    const raw = await rawUpstream()
    const body = new PassThrough()
    const told = exchange(open(raw), { method: 'POST', body })
    for (const text of ['one', 'three', 'seven']) {
      body.write(text)
      await until(() => raw.peers[0]?.received.endsWith(`${text.length}\r\n${text}\r\n`))
    }
    body.end()
    await until(() => raw.peers[0]!.received.endsWith('0\r\n\r\n'))
    raw.peers[0]!.write(ok())
    expect((await told.over).body).toBe('ok')
  })

  it('that is answered early stops, and its connection is not used again', async () => {
    const raw = await rawUpstream((peer) => {
      if (peer.received.includes('abc')) peer.write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n')
    })
    const body = new PassThrough()
    const told = exchange(open(raw), { method: 'POST', body })
    body.write('abc')
    expect((await told.over).head?.status).toBe(413)
    expect([body.destroyed, body.isPaused(), body.listenerCount('data')]).toEqual([false, true, 0])
    await until(() => raw.peers[0]!.gone)
    expect(raw.peers[0]!.received).not.toContain('0\r\n\r\n')
  })

  it('and the response flow at the same time', async () => {
    const raw = await rawUpstream((peer) => {
      if (peer.received.endsWith('0\r\n\r\n')) peer.write('0\r\n\r\n')
      else if (peer.received.endsWith('\r\n\r\n')) peer.write(`${OK}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n`)
      else peer.write('1\r\ny\r\n')
    })
    const body = new PassThrough()
    const told = exchange(open(raw), { method: 'POST', body })
    await until(() => told.body === 'x')
    body.write('a')
    await until(() => told.body === 'xy')
    body.end()
    expect((await told.over).heard).toEqual(['sending', 'head', 'data', 'end'])
  })
})

it('hands on each piece of a response when it comes', async () => {
  const raw = await rawUpstream((peer) => peer.write(`${OK}Content-Type: text/event-stream\r\n\r\n`))
  const told = exchange(open(raw))
  await until(() => told.head)
  for (const text of ['data: 1\n\n', 'data: 2\n\n']) {
    raw.peers[0]!.write(text)
    await until(() => told.body.endsWith(text))
  }
  raw.peers[0]!.socket.end()
  expect((await told.over).heard).toEqual(['sending', 'head', 'data', 'end'])
})
