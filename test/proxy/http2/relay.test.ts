import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { UpstreamRequest } from '../../../src/proxy/transport.ts'
import { exchange, until } from '../http1/exchange.ts'
import { http2Upstream, open } from './peers.ts'

/** What the instance sees of a request: its fields, its body, its trailers. */
async function seen(request: Partial<UpstreamRequest>) {
  const to = await http2Upstream(async (stream, _headers, fields) => {
    const trailers: string[] = []
    stream.on('trailers' as string, (_: object, __: number, raw: string[]) => trailers.push(...raw))
    const body = await textOf(stream)
    stream.respond()
    stream.end(Buffer.from(JSON.stringify({ fields, body, trailers }), 'latin1'))
  })
  const told = await exchange(open(to), request).over
  expect(told.heard).toEqual(['sending', 'head', 'data', 'end'])
  return JSON.parse(told.body) as { fields: string[]; body: string; trailers: string[] }
}

function textOf(body: Readable): Promise<string> {
  let all = ''
  body.setEncoding('latin1').on('data', (chunk) => (all += chunk))
  return new Promise((resolve) => body.on('end', () => resolve(all)))
}

const bytes = (...chunks: readonly string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)))

describe('a request', () => {
  it('reaches the instance with its target, its fields and its body', async () => {
    const headers = ['Host', 'example.com', 'X-One', 'a', 'Cookie', 'a=1', 'x-one', 'b', 'Accept', 'é']
    const body = bytes('one', 'two')
    const { fields, ...rest } = await seen({ method: 'PATCH', path: '/a%2Fb?c=%20', headers, body, bodyLength: 6 })
    expect(rest).toEqual({ body: 'onetwo', trailers: [] })
    expect(fields.slice(0, 8)).toEqual([
      ...[':method', 'PATCH', ':scheme', 'http'],
      ...[':path', '/a%2Fb?c=%20', ':authority', 'example.com'],
    ])
    expect(fields.slice(8)).toEqual([
      ...['x-one', 'a', 'x-one', 'b', 'cookie', 'a=1'],
      ...['accept', 'é', 'content-length', '6'],
    ])
  })

  it('carries nothing that is about one connection, and of TE only that trailers may come', async () => {
    const connection = ['connection', 'close', 'keep-alive', '1', 'upgrade', 'h2c', 'transfer-encoding', 'chunked']
    const { fields } = await seen({ headers: ['host', 'h', ...connection, 'te', 'gzip, trailers'] })
    expect(fields.slice(8)).toEqual(['te', 'trailers'])
    expect((await seen({ headers: ['host', 'h', 'TE', 'gzip'] })).fields.slice(8)).toEqual([])
  })

  it('combines the lines of a field that may come only once, but for cookies in the way of cookies', async () => {
    const twice = ['user-agent', 'a', 'user-agent', 'b', 'cookie', 'c=1', 'cookie', 'd=2']
    const { fields } = await seen({ headers: ['host', 'h', ...twice] })
    expect(fields.slice(8)).toEqual(['user-agent', 'a, b', 'cookie', 'c=1; d=2'])
  })

  it.each([
    ['without a body says so', null, null, []],
    ['with an empty body says so', null, 0, ['content-length', '0']],
    ['with a body of unknown length says none', 'abc', null, []],
  ])('%s', async (_how, body, bodyLength, length) => {
    const { fields, ...rest } = await seen({ method: 'POST', body: body === null ? null : bytes(body), bodyLength })
    expect(rest.body).toBe(body ?? '')
    expect(fields.slice(8)).toEqual(length)
  })

  it('that names no host has the address of the instance for one', async () => {
    const { fields } = await seen({ headers: ['host', ''] })
    expect(fields.slice(6)).toEqual([':authority', expect.stringMatching(/^127\.0\.0\.1:\d+$/)])
  })

  it('has its trailers after its body', async () => {
    const { body, trailers } = await seen({
      method: 'POST',
      body: bytes('abc'),
      trailers: () => ['X-Sum', '1', 'x-sum', '2', 'connection', 'close'],
    })
    expect([body, trailers]).toEqual(['abc', ['x-sum', '1', 'x-sum', '2']])
  })

  it('has in one line the trailers that Node would not send in two', async () => {
    const trailers = () => ['etag', '"a"', 'ETag', '"b"']
    const { trailers: arrived } = await seen({ method: 'POST', body: bytes('abc'), trailers })
    expect(arrived).toEqual(['etag', '"a", "b"'])
  })

  it.each([
    ['a method that is no token', { method: 'G T' }],
    ['a target with a blank', { path: '/a b' }],
    ['a value with a line end', { headers: ['host', 'h', 'a', 'b\r\nc: d'] }],
    ['a name that is no token', { headers: ['host', 'h', 'a:b', 'c'] }],
    ['a length in a header', { headers: ['host', 'h', 'Content-Length', '5'] }],
    ['an upgrade', { upgrade: 'websocket' }],
  ])('with %s is not sent', async (_what, request) => {
    const to = await http2Upstream(() => {})
    expect((await exchange(open(to), request).over).heard).toEqual(['error:protocol'])
    expect(to.sessions).toEqual([])
  })

  it('holds back a body that is sent only when asked for', async () => {
    const body = bytes('abc')
    const to = await http2Upstream((stream, { expect }) => {
      if (expect !== '100-continue' || body.readableDidRead) return stream.close()
      stream.additionalHeaders({ ':status': 100 })
      stream.respond()
      return void stream.pipe(stream)
    })
    const told = await exchange(open(to), { method: 'POST', body, expectsContinue: true }).over
    expect(told.body).toBe('abc')
  })

  it('keeps a body that nobody has asked for', async () => {
    const to = await http2Upstream((stream) => stream.respond({ ':status': 417 }, { endStream: true }))
    const body = bytes('abc')
    const told = await exchange(open(to), { method: 'POST', body, expectsContinue: true }).over
    expect([told.head!.status, told.heard.at(-1), body.readableDidRead]).toEqual([417, 'end', false])
  })
})

describe('a response', () => {
  it('is told with its fields, its body and its trailers', async () => {
    const to = await http2Upstream((stream) => {
      stream.respond({ ':status': 404, 'set-cookie': ['a=1', 'b=2'], 'x-a': 'é' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'content-type': 'no', x: ['1', '2'] }))
      stream.end('not here')
    })
    const told = await exchange(open(to)).over
    expect(told.heard).toEqual(['sending', 'head', 'data', 'end'])
    const { headers, ...line } = told.head!
    expect(line).toEqual({ status: 404, statusText: 'Not Found' })
    expect(headers.slice(0, 6)).toEqual(['set-cookie', 'a=1', 'set-cookie', 'b=2', 'x-a', 'é'])
    expect([told.body, told.trailers]).toEqual(['not here', ['grpc-status', '0', 'x', '1', 'x', '2']])
  })

  it.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])('to %s with %i has no body, whatever its length', async (method, status) => {
    const length = status === 204 ? {} : { 'content-length': '9' }
    const to = await http2Upstream((stream) => stream.respond({ ':status': status, ...length }, { endStream: true }))
    const told = await exchange(open(to), { method }).over
    expect(told.heard).toEqual(['sending', 'head', 'end'])
    expect(told.head!.headers.includes('content-length')).toBe(status !== 204)
  })

  it('may be preceded by interim ones', async () => {
    const to = await http2Upstream((stream) => {
      stream.additionalHeaders({ ':status': 102 })
      stream.additionalHeaders({ ':status': 103, link: '</a>' })
      stream.respond()
      stream.end()
    })
    const links: unknown[] = []
    const onInformation = ({ headers }: { headers: readonly string[] }) => links.push(headers)
    const told = await exchange(open(to), {}, { onInformation }).over
    expect(told.heard).toEqual(['sending', 'information:102', 'information:103', 'head', 'end'])
    expect(links).toEqual([[], ['link', '</a>']])
  })

  it('may come before the request is whole, of which the rest is not sent', async () => {
    const to = await http2Upstream((stream) => stream.respond({ ':status': 413 }, { endStream: true }))
    const body = new Readable({ read() {} })
    body.push('abc')
    const told = await exchange(open(to), { method: 'POST', body }).over
    expect([told.head!.status, told.heard.at(-1)]).toEqual([413, 'end'])
    expect([body.destroyed, body.isPaused(), body.listenerCount('data')]).toEqual([false, true, 0])
    await until(() => to.sessions[0]!.state.outboundQueueSize === 0)
  })
})

describe('bodies of several megabytes', () => {
  it('arrive whole, both ways at once, on one session', async () => {
    const to = await http2Upstream((stream) => {
      stream.respond()
      stream.pipe(stream)
    })
    const upstream = open(to)
    const chunks = Array.from({ length: 64 }, (_, i) => Buffer.alloc(64 * 1024, i))
    const all = await Promise.all(
      Array.from({ length: 4 }, () => exchange(upstream, { method: 'POST', body: Readable.from(chunks) }).over),
    )
    const whole = Buffer.concat(chunks).toString('latin1')
    for (const { body, heard } of all) expect([body === whole, heard.at(-1)]).toEqual([true, 'end'])
    expect(to.sessions.length).toBe(1)
  })
})
