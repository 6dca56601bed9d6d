import { createServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw.ts'
import { until } from '../support/until.ts'
import { startWebSocketInstance } from '../support/websocket.ts'

type Fields = Readonly<Record<string, unknown>>

let gateway: GatewayProcess
let sessions = 0
let asked: Fields[] = []
let streams: ServerHttp2Stream[] = []

beforeAll(async () => {
  const server = createServer()
  server.on('session', () => sessions++)
  server.on('stream', (stream, fields) => {
    asked.push(fields)
    streams.push(stream)
    stream.on('error', () => {})
    answers[String(fields[':path'])]?.(stream)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const webSocket = await startWebSocketInstance()
  const services = {
    up: [{ address, metadata: { protocol: 'h2c' } }],
    chat: [{ address: webSocket.address, metadata: { protocol: 'h2c' } }],
    fixed: [{ address }],
  }
  gateway = await startGateway('services: { fixed: { upstream: { protocol: http2 } } }', { services })
  return () => void server.close()
})

beforeEach(() => {
  asked = []
  streams = []
})

const answers: Readonly<Record<string, (stream: ServerHttp2Stream) => void>> = {
  '/echo?a=%2F': (stream) => {
    stream.respond({ ':status': 201, 'set-cookie': ['a=1', 'b=2'] })
    stream.pipe(stream)
  },
  '/trailers': (stream) => {
    stream.respond({ trailer: 'x-sum' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7' }))
    stream.end('abc')
  },
  '/hints': (stream) => {
    stream.additionalHeaders({ ':status': 103, link: '</a.css>' })
    stream.respond({ ':status': 204 }, { endStream: true })
  },
  '/breaks': (stream) => {
    // Node would end the stream before it resets it, but for trailers that are to come.
    stream.respond({}, { waitForTrailers: true })
    stream.write('abc')
  },
}

const ask = async (head: string, body = '') => {
  const client = await RawClient.open(gateway.port)
  client.write(`${head}\r\nHost: shop.example\r\n${body && `Content-Length: ${body.length}\r\n`}\r\n${body}`)
  return client
}

describe('an instance that speaks HTTP/2', () => {
  it('is asked by a client of HTTP/1.1, byte for byte', async () => {
    const client = await ask('POST /services/up/echo?a=%2F HTTP/1.1\r\nX-A: 1', 'a body')
    const response = await client.response()
    expect([response.statusLine, response.body]).toEqual(['HTTP/1.1 201 Created', 'a body'])
    expect(response.fields.filter(([name]) => name === 'set-cookie').map(([, value]) => value)).toEqual(['a=1', 'b=2'])
    expect(asked[0]).toMatchObject({
      ...{ ':method': 'POST', ':path': '/echo?a=%2F', ':scheme': 'http', ':authority': 'shop.example' },
      ...{ 'content-length': '6', 'x-a': '1', 'x-forwarded-host': 'shop.example' },
    })
    expect(Object.keys(asked[0]!)).not.toContain('host')
  })

  it('has its trailers, hints and empty answers passed on', async () => {
    const trailers = await (await ask('GET /services/up/trailers HTTP/1.1\r\nTE: trailers')).response()
    expect([trailers.body, trailers.trailers]).toEqual(['abc', expect.stringMatching(/^x-sum: 7/)])
    const client = await ask('GET /services/up/hints HTTP/1.1')
    await until('both heads', () => client.received.includes(' 204 '))
    expect(client.received).toMatch(
      /^HTTP\/1\.1 103 Early Hints\r\nlink: <\/a\.css>\r\n\r\nHTTP\/1\.1 204 No Content\r\n/i,
    )
  })

  it('breaks the answer for the client when it breaks it, and keeps its session', async () => {
    const client = await ask('GET /services/up/breaks HTTP/1.1')
    await until('the beginning', () => client.received.includes('abc'))
    streams.at(-1)!.close(2)
    await until('the end', () => client.ended)
    expect(client.received).not.toContain('0\r\n\r\n')
    const before = sessions
    expect((await (await ask('GET /services/up/trailers HTTP/1.1')).response()).status).toBe(200)
    expect(sessions).toBe(before)
  })

  it('is told within a moment that the client has gone', async () => {
    const client = await ask('GET /services/up/silent HTTP/1.1')
    await until('the request', () => streams.length === 1)
    client.socket.destroy()
    await until('the reset', () => streams[0]!.rstCode === 8)
  })
})

describe('an upgrade', () => {
  const UPGRADE =
    'GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='

  it('goes by HTTP/1.1 to an instance that says it speaks HTTP/2', async () => {
    const client = await ask(UPGRADE.replace('GET /', 'GET /services/chat/'))
    await until('the answer', () => client.received.includes('\r\n\r\n'))
    expect(client.received).toMatch(/^HTTP\/1\.1 101 /)
  })

  it('is answered with 502 where the file says HTTP/2', async () => {
    const response = await (await ask(UPGRADE.replace('GET /', 'GET /services/fixed/'))).response()
    expect(response.status).toBe(502)
    expect(JSON.parse(response.body).detail).toContain('HTTP/2 has no upgrade to websocket')
  })
})
