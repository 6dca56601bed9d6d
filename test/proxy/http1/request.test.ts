import type { Socket } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { RequestBody } from '../../../src/proxy/http1/request-body.ts'
import { exchange, open, settled, until } from './exchange.ts'
import { answering, ok, rawUpstream } from './raw-upstream.ts'

const HOST = 'host: h\r\n'

describe('a request is written as', () => {
  const written = async (request: Parameters<typeof exchange>[1]) => {
    const raw = await answering(() => ok())
    expect((await exchange(open(raw), request).over).heard).toEqual(['sending', 'head', 'data', 'end'])
    return raw.requests[0]
  }

  it('a head alone when there is no body', async () => {
    expect(await written({ path: '/a?b=%2F', headers: ['Host', 'h', 'X-A', '\xe9', 'x-a', ''] })).toBe(
      'GET /a?b=%2F HTTP/1.1\r\nHost: h\r\nX-A: \xe9\r\nx-a: \r\n\r\n',
    )
  })

  it('a head with length 0 for an explicit empty body', async () => {
    expect(await written({ method: 'POST', bodyLength: 0 })).toBe(`POST / HTTP/1.1\r\n${HOST}content-length: 0\r\n\r\n`)
    const body = Readable.from([])
    expect(await written({ method: 'POST', body, bodyLength: 0 })).toContain('content-length: 0\r\n\r\n')
  })

  it('exactly the promised bytes when the length is known', async () => {
    const body = Readable.from([Buffer.from('hel'), Buffer.alloc(0), Buffer.from('lo')])
    expect(await written({ method: 'DELETE', body, bodyLength: 5 })).toBe(
      `DELETE / HTTP/1.1\r\n${HOST}content-length: 5\r\n\r\nhello`,
    )
  })

  it('TE with the connection option that it needs', async () => {
    expect(await written({ headers: ['host', 'h', 'te', 'trailers'] })).toBe(
      `GET / HTTP/1.1\r\n${HOST}connection: te\r\nte: trailers\r\n\r\n`,
    )
  })

  it('chunks when it is not, and an empty chunk does not end them', async () => {
    const body = Readable.from([Buffer.from('hel'), Buffer.alloc(0), Buffer.from('0123456789abcdef')])
    expect(await written({ method: 'POST', body })).toBe(
      `POST / HTTP/1.1\r\n${HOST}transfer-encoding: chunked\r\n\r\n3\r\nhel\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n`,
    )
  })

  it('trailers behind the last chunk, asked for at the end of the body', async () => {
    const body = Readable.from([Buffer.from('abc')])
    const trailers = () => (body.readableEnded ? ['X-Sum', '1', 'x-sum', '2', 'Bad', 'a\r\nb: c', 'b ad', 'x'] : [])
    expect(await written({ method: 'POST', body, trailers })).toMatch(
      /\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\n$/,
    )
  })

  it('no trailers behind a body of known length', async () => {
    const body = Readable.from([Buffer.from('abc')])
    expect(await written({ method: 'POST', body, bodyLength: 3, trailers: () => ['X', 'y'] })).toMatch(/\r\n\r\nabc$/)
  })

  it('one piece, as far as the body is there already', () => {
    const wire = new PassThrough()
    const request = { bodyLength: 3, trailers: null }
    const source = new PassThrough().end('abc')
    const body = new RequestBody(request, source, wire as unknown as Socket, () => expect.unreachable())
    body.start()
    expect(String(wire.read())).toBe('abc')
    expect(body.whole).toBe(true)
  })

  it('chunks for an empty body of unknown length', async () => {
    const body = new PassThrough().end()
    expect(await written({ method: 'POST', body })).toMatch(/chunked\r\n\r\n0\r\n\r\n$/)
  })
})

describe('nothing is written of a request with', () => {
  const evil = ['a\r\nb: c', 'a\nb', 'a\rb', 'a\0b', 'a\x7fb', 'a\u010ab', 'a\u0141b', 'a\u{1f600}']
  it.each([
    ...evil.map((text) => ({ headers: ['host', 'h', 'x', text] })),
    ...evil.map((text) => ({ headers: ['host', 'h', text, 'x'] })),
    ...[...evil, '/a b', '/a\tb', ''].map((path) => ({ path })),
    ...[...evil, 'GET /x', ''].map((method) => ({ method })),
    ...['x:y', 'x y', '', 'Content-Length', 'transfer-encoding'].map((name) => ({ headers: ['host', 'h', name, '1'] })),
    { headers: ['host'] },
  ])('%j', async (request) => {
    const raw = await rawUpstream()
    const call = exchange(open(raw), request)
    expect(call.heard).toEqual([])
    expect((await call.over).heard).toEqual(['error:protocol'])
    expect(raw.peers).toEqual([])
  })

  it('a body that broke while it waited, and its connection serves on', async () => {
    const raw = await answering(() => ok())
    const upstream = open(raw)
    const body = new PassThrough()
    body.on('error', () => {}).destroy(new Error('client gone'))
    expect((await exchange(upstream, { method: 'POST', body }).over).heard).toEqual(['error:body'])
    expect((await exchange(upstream).over).body).toBe('ok')
    expect(raw.peers.length).toBe(1)
    expect(raw.peers[0]!.received).toBe('')
  })

  it.each([
    ['no body where one is promised', { body: null, bodyLength: 3 }],
    ['a fractional length', { body: null, bodyLength: 0.5 }],
    ['a negative length', { body: null, bodyLength: -1 }],
  ])('%s', async (_what, request) => {
    const raw = await rawUpstream()
    expect((await exchange(open(raw), request).over).heard).toEqual(['error:body'])
    expect(raw.peers.map((peer) => peer.received).join('')).toBe('')
  })

  it('a body of which somebody has read before', async () => {
    const body = Readable.from([Buffer.from('first'), Buffer.from('second')], { objectMode: false })
    await until(() => body.read())
    const raw = await rawUpstream()
    expect((await exchange(open(raw), { method: 'POST', body }).over).heard).toEqual(['error:body'])
  })
})

describe('a request is never completed when its body', () => {
  const start = async (bodyLength: number | null) => {
    const raw = await rawUpstream()
    const body = new PassThrough()
    body.on('error', () => {})
    const told = exchange(open(raw), { method: 'POST', body, bodyLength })
    body.write('abc')
    await until(() => raw.peers[0]?.received.includes('abc'))
    return { body, told, peer: raw.peers[0]! }
  }

  it.each([
    ['ends early', 5, (body: PassThrough) => body.end()],
    ['is longer than promised', 5, (body: PassThrough) => body.end('defg')],
    ['is closed early', null, (body: PassThrough) => body.destroy()],
    ['breaks', null, (body: PassThrough) => body.destroy(new Error('client gone'))],
  ])('%s', async (_what, bodyLength, act) => {
    const { body, told, peer } = await start(bodyLength)
    act(body)
    expect((await told.over).heard).toEqual(['sending', 'error:body'])
    await until(() => peer.gone)
    expect(peer.received).toMatch(bodyLength === null ? /\r\n\r\n3\r\nabc\r\n$/ : /\r\n\r\nabc$/)
    expect(body.listenerCount('data') + body.listenerCount('end')).toBe(0)
  })

  it('is not made of bytes', async () => {
    const raw = await rawUpstream()
    const told = exchange(open(raw), { method: 'POST', body: Readable.from([{ not: 'bytes' }]) })
    expect((await told.over).heard).toEqual(['sending', 'error:body'])
  })
})

it('leaves the body alone until a connection is there, and takes its listeners off at the end', async () => {
  const raw = await answering(() => ok())
  const body = new PassThrough()
  const count = () => ['data', 'end', 'error', 'close'].map((name) => body.listenerCount(name))
  const before = count()
  const told = exchange(
    open(raw),
    { method: 'PUT', body, bodyLength: 3 },
    { onSending: () => expect(count()).toEqual(before) },
  )
  await settled(1)
  body.end('abc')
  await told.over
  expect(count()).toEqual(before)
})
