import { describe, expect, it } from 'vitest'
import { block, CODE, data, END_HEADERS, END_STREAM, FRAME, frame, headers, reset } from '../../support/http2-frames.ts'
import { exchange, until } from '../http1/exchange.ts'
import { type FramePeer, frameUpstream, open } from './peers.ts'

const OK = [':status', '200']
const whole = END_HEADERS | END_STREAM

/** What the listener hears when the instance answers so. */
async function heard(answer: (peer: FramePeer, stream: number) => void, method = 'GET') {
  const to = await frameUpstream(answer)
  const upstream = open(to, { connectTimeoutMs: 500 })
  const told = await exchange(upstream, { method }).over
  return { ...told, heard: told.heard.slice(1), to, upstream }
}

describe('a body that is broken off is never taken for a whole one', () => {
  it.each(Object.entries(CODE))('by RST_STREAM with %s', async (_name, code) => {
    const told = await heard((peer, stream) =>
      peer.write(headers(stream, OK), data(stream, 'abc'), reset(stream, code)),
    )
    expect(told.heard.at(-1)).toMatch(/^error:(reset|protocol)$/)
    expect(told.heard[0]).toBe('head')
  })

  it('by the end of the connection', async () => {
    const told = await heard((peer, stream) => {
      peer.write(headers(stream, OK), data(stream, 'abc'))
      peer.socket.end()
    })
    expect(told.heard).toEqual(['head', 'data', 'error:reset'])
    expect(told.error!.stale).toBe(false)
  })

  it('before its length is reached', async () => {
    const short = [...OK, 'content-length', '5']
    const told = await heard((peer, stream) => peer.write(headers(stream, short), data(stream, 'abc', END_STREAM)))
    expect(told.heard.at(-1)).toBe('error:protocol')
  })
})

describe('what is no response is a protocol error, and the instance is asked again', () => {
  const many = Array.from({ length: 600 }, (_, i) => (i % 2 === 0 ? `x-${i}` : 'v'))
  const interim = (stream: number) => Array.from({ length: 20 }, () => headers(stream, [':status', '103']))
  it.each<[string, (stream: number) => Buffer[], string?]>([
    ['no status', (stream) => [headers(stream, ['a', 'b'], whole)]],
    ['a status of two digits', (stream) => [headers(stream, [':status', '20'], whole)]],
    ['101', (stream) => [headers(stream, [':status', '101'], whole)]],
    ['an interim response at the end', (stream) => [headers(stream, [':status', '103'], whole)]],
    ['too many interim responses', (stream) => [...interim(stream), headers(stream, OK, whole)]],
    ['Connection', (stream) => [headers(stream, [...OK, 'connection', 'close'], whole)]],
    ['Transfer-Encoding', (stream) => [headers(stream, [...OK, 'transfer-encoding', 'chunked'], whole)]],
    ['two lengths', (stream) => [headers(stream, [...OK, 'content-length', '1', 'content-length', '2'])]],
    ['a length that is no number', (stream) => [headers(stream, [...OK, 'content-length', '+1'])]],
    ['more body than its length', (stream) => [headers(stream, [...OK, 'content-length', '1']), data(stream, 'abc')]],
    ['a body for HEAD', (stream) => [headers(stream, OK), data(stream, 'abc', END_STREAM)], 'HEAD'],
    ['a body for 204', (stream) => [headers(stream, [':status', '204']), data(stream, 'abc', END_STREAM)]],
    ['a status among the trailers', (stream) => [headers(stream, OK), headers(stream, OK, whole)]],
    ['trailers that do not end it', (stream) => [headers(stream, OK), headers(stream, ['a', 'b'])]],
    ['data before the head', (stream) => [data(stream, 'abc')]],
    ['a head over the limit', (stream) => [...long(stream, 70_000)]],
    ['too many fields', (stream) => [headers(stream, [...OK, ...many], whole)]],
  ])('%s', async (_what, answer, method) => {
    let first = true
    const told = await heard((peer, stream) => {
      peer.write(...(first ? answer(stream) : [headers(stream, OK, whole)]))
      first = false
    }, method)
    expect(told.heard.filter((it) => it !== 'information:103').at(-1)).toMatch(/^error:(protocol|reset)$/)
    expect(told.heard).not.toContain('end')
    // Some versions of nghttp2 take some of these for errors of the session, which may go with the next request on it.
    const next = await exchange(told.upstream).over
    expect(next.heard.at(-1) === 'end' || (await exchange(told.upstream).over).heard.at(-1) === 'end').toBe(true)
  })

  /** Of `bytes`, in frames as large as they may be. */
  function long(stream: number, bytes: number): Buffer[] {
    const text = block([...OK, 'x-long', 'x'.repeat(bytes)])
    const pieces: Buffer[] = []
    for (let at = 0; at < text.length; at += 16_384) {
      const end = at + 16_384 >= text.length ? END_HEADERS : 0
      const type = at === 0 ? FRAME.headers : FRAME.continuation
      pieces.push(frame(type, end | (at === 0 ? END_STREAM : 0), stream, text.subarray(at, at + 16_384)))
    }
    return pieces
  }
})

describe('a field that cannot be is left out', () => {
  it.each([
    ['with an upper-case name', 'X-Upper', 'v'],
    ['with a line end', 'x-a', 'b\r\nc: d'],
    ['with a NUL', 'x-a', 'b\0c'],
  ])('%s', async (_how, name, value) => {
    const told = await heard((peer, stream) => peer.write(headers(stream, [...OK, name, value, 'x-b', 'c'], whole)))
    if (told.head) expect(told.head.headers).toEqual(['x-b', 'c'])
    else expect(told.heard).toEqual(['error:protocol'])
  })
})

describe('a broken session', () => {
  it.each([
    ['a frame that is too large', frame(FRAME.data, 0, 1, Buffer.alloc(20_000))],
    ['a push that nobody allowed', frame(FRAME.push, END_HEADERS, 1, Buffer.from([0, 0, 0, 2]))],
    ['a window beyond its size', frame(FRAME.window, 0, 0, Buffer.from([0x7f, 255, 255, 255]))],
    ['a stream that was never opened', headers(99, OK, whole)],
    ['garbage', Buffer.from('HTTP/1.1 200 OK\r\n\r\n'.repeat(9))],
  ])('by %s breaks its calls, and another takes its place', async (_what, bytes) => {
    let first = true
    const told = await heard((peer, stream) => {
      peer.write(first ? bytes : headers(stream, OK, whole))
      first = false
    })
    expect(told.heard.at(-1)).toMatch(/^error:(protocol|reset)$/)
    await until(() => told.to.peers[0]!.gone)
    expect((await exchange(told.upstream).over).heard.at(-1)).toBe('end')
    expect(told.to.peers.length).toBe(2)
  })

  it('outlives a flood of pings and settings', async () => {
    const told = await heard((peer, stream) => {
      for (let i = 0; i < 2000; i++) peer.write(frame(FRAME.ping, 0, 0, Buffer.alloc(8)), frame(FRAME.settings, 0, 0))
      peer.write(headers(stream, OK, whole))
    })
    expect(told.heard.at(-1)).toMatch(/^(end|error:reset|error:protocol)$/)
    expect((await exchange(told.upstream).over).heard.at(-1)).toMatch(/^(end|error:reset|error:protocol)$/)
  })
})
