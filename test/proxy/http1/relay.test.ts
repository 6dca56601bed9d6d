import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Upstream } from '../../../src/proxy/transport.ts'
import { type Exchange, exchange, open, until } from './exchange.ts'
import { answering, ok, rawUpstream } from './raw-upstream.ts'

/** A server of node:http that sends each request on, to see real request bodies come in. */
async function relay(upstream: Upstream) {
  const exchanges: Exchange[] = []
  const server = createServer((request, response) => {
    const length = request.headers['content-length']
    const told = exchange(upstream, {
      method: request.method!,
      path: request.url!,
      body: request,
      bodyLength: length === undefined ? null : Number(length),
    })
    exchanges.push(told)
    told.over.then(({ head, body }) => response.writeHead(head?.status ?? 502).end(body, 'latin1'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { exchanges, port: (server.address() as AddressInfo).port }
}

async function answer(port: number, method: string, chunks: readonly Buffer[], headers = {}) {
  const request = httpRequest({ port, host: '127.0.0.1', method, headers, agent: false })
  for (const chunk of chunks) request.write(chunk)
  request.end()
  const [response] = await once(request, 'response')
  let body = ''
  for await (const chunk of response) body += chunk
  return body
}

describe('the body of an incoming request', () => {
  it.each([
    ['small', 3, 1],
    ['of several megabytes', 2 ** 20, 8],
  ])('%s arrives whole, with length and in chunks', async (_size, size, count) => {
    const raw = await answering((request) => ok(String(request.length - request.indexOf('\r\n\r\n') - 4)))
    const { port } = await relay(open(raw))
    const chunks = Array.from({ length: count }, () => Buffer.alloc(size, 'x'))
    expect(await answer(port, 'PUT', chunks, { 'content-length': size * count })).toBe(String(size * count))
    expect(Number(await answer(port, 'POST', chunks))).toBeGreaterThan(size * count)
    expect(raw.peers.length).toBe(1)
  })

  it('that the client breaks off breaks the request to the instance too', async () => {
    const raw = await rawUpstream()
    const { port, exchanges } = await relay(open(raw))
    const client = connect(port, '127.0.0.1')
    client.write('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n')
    await until(() => raw.peers[0]?.received.includes('abc'))
    client.destroy()
    expect((await exchanges[0]!.over).heard).toEqual(['sending', 'error:body'])
    await until(() => raw.peers[0]!.gone)
    expect(raw.peers[0]!.received).not.toContain('0\r\n\r\n')
  })

  it('that the instance refuses while it comes is answered or cut, and nothing hangs', async () => {
    const raw = await rawUpstream(({ socket, received }) => {
      if (received.length < 100_000) return
      socket.end('HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () => socket.destroy())
    })
    const { port, exchanges } = await relay(open(raw))
    const client = connect(port, '127.0.0.1').on('error', () => {})
    client.write('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 90000000\r\n\r\n')
    const chunk = Buffer.alloc(2 ** 20)
    const more = () => client.writable && client.write(chunk, more)
    more()
    await until(() => exchanges.length > 0)
    expect(['end', 'error:reset']).toContain((await exchanges[0]!.over).heard.at(-1))
    client.destroy()
  })
})
