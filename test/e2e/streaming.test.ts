import { createHash, randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { call, head, ids } from '../support/call.ts'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw.ts'
import { standstill } from '../support/standstill.ts'
import { until } from '../support/until.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

const MANY = randomBytes(20 * 2 ** 20)
const MANY_HASH = hash(MANY)

/** What the test does with the exchange at `/held`. */
let held: { request: IncomingMessage; response: ServerResponse } | undefined
/** Bytes that the socket of `/endless` has taken, or that `/slow-reader` has read. */
let moved = 0
let closed: string[] = []

let upstream: Upstream
let gateway: GatewayProcess

beforeAll(async () => {
  upstream = await startUpstream((request, response) => {
    response.on('close', () => closed.push(request.url ?? ''))
    answers[new URL(request.url ?? '', 'http://a').pathname]?.(request, response)
  })
  gateway = await startGateway('upstream: { responseTimeout: 20s }', { services: { up: [upstream.address] } })
})

beforeEach(() => {
  held = undefined
  moved = 0
  closed = []
})

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const answers: Readonly<Record<string, Answer>> = {
  '/hash': (request, response) => {
    const digest = createHash('sha256')
    request.on('data', (chunk) => digest.update(chunk)).on('end', () => response.end(digest.digest('hex')))
  },
  '/length': (_, response) => void response.writeHead(200, { 'content-length': MANY.length }).end(MANY),
  '/chunked': (_, response) => void pipeline(Readable.from(slices(MANY)), response, () => undefined),
  '/held': (request, response) => {
    held = { request, response }
  },
  '/endless': (_, response) => {
    const chunk = Buffer.alloc(64 * 1024)
    const pour = () => {
      do moved += chunk.length
      while (!response.destroyed && response.write(chunk))
    }
    response.on('drain', pour)
    pour()
  },
  '/slow-reader': (request, response) => {
    request.pause()
    held = { request, response }
  },
  '/too-much': (_, response) => {
    response.writeHead(413, { connection: 'close' }).end('too much')
  },
}

const url = (path: string) => `${gateway.url}/services/up${path}`
const request = (line: string, ...fields: string[]) => `${[line, 'Host: gateway', ...fields].join('\r\n')}\r\n\r\n`
const heldExchange = () => until('the instance is asked', () => held)

it('uploads 20 MB byte for byte, with a length and in chunks', async () => {
  const sent = { method: 'POST', headers: { 'content-length': String(MANY.length) }, body: MANY }
  expect((await call(url('/hash'), sent)).text).toBe(MANY_HASH)
  expect((await call(url('/hash'), { method: 'POST', body: Readable.from(slices(MANY)) })).text).toBe(MANY_HASH)
})

it('downloads 20 MB byte for byte, with a length and in chunks', async () => {
  for (const path of ['/length', '/chunked']) {
    const reply = await call(url(path))
    expect(hash(reply.body)).toBe(MANY_HASH)
    expect(reply.headers['content-length']).toBe(path === '/length' ? String(MANY.length) : undefined)
  }
})

it('passes on each event before the next is sent, and the head before the first', async () => {
  const client = await RawClient.open(gateway.port)
  client.write(request('GET /services/up/held HTTP/1.1'))
  const { response } = await heldExchange()
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  await client.until(/^HTTP\/1.1 200 OK\r\n[\s\S]*\r\n\r\n$/)
  for (const event of ['first', 'second', 'third']) {
    response.write(`data: ${event}\n\n`)
    await client.until(`data: ${event}\n\n`)
  }
  response.end()
  await client.until(/\r\n0\r\n\r\n$/)
})

it('passes on each piece of an upload before the next is sent, and the answer before the end', async () => {
  const client = await RawClient.open(gateway.port)
  client.write(request('POST /services/up/held HTTP/1.1', 'Transfer-Encoding: chunked'))
  const { request: incoming, response } = await heldExchange()
  let received = ''
  incoming.on('data', (chunk) => {
    received += chunk
  })
  for (const piece of ['one', 'two']) {
    client.write(`3\r\n${piece}\r\n`)
    await until(`${piece} arrives`, () => received.endsWith(piece))
  }
  response.write('early')
  await client.until('early')
  client.write('0\r\n\r\n')
  await until('the end of the upload arrives', () => incoming.complete)
  response.end()
  await client.until(/\r\n0\r\n\r\n$/)
})

it('slows the instance down to the pace of the client', async () => {
  const response = await head(url('/endless'))
  const full = await standstill(() => moved)
  // The buffers of three sockets and what the gateway holds, however large the kernel makes the former.
  expect(full).toBeLessThan(32 * 2 ** 20)
  let read = 0
  response.on('data', (chunk) => {
    read += chunk.length
  })
  await until('the flow goes on', () => moved > full + 2 ** 20 && read > full)
  response.destroy()
  await until('the instance is let go of', () => closed.includes('/endless'))
})

it('slows the client down to the pace of the instance', async () => {
  const client = await RawClient.open(gateway.port)
  const chunk = Buffer.alloc(64 * 1024)
  client.write(request('POST /services/up/slow-reader HTTP/1.1', `Content-Length: ${200 * 2 ** 20}`))
  const pour = () => {
    while (client.socket.writable && client.socket.write(chunk));
  }
  client.socket.on('drain', pour)
  pour()
  const { request: incoming } = await heldExchange()
  const full = await standstill(() => client.socket.bytesWritten - client.socket.writableLength)
  expect(full).toBeLessThan(32 * 2 ** 20)
  let read = 0
  incoming.on('data', (data) => {
    read += data.length
  })
  incoming.resume()
  await until('the flow goes on', () => read > full + 2 ** 20)
})

it('lets go of the instance when the client goes, before the answer and in it', async () => {
  for (const answered of [false, true]) {
    const client = await RawClient.open(gateway.port)
    const id = ids()
    client.write(request('GET /services/up/held HTTP/1.1', `X-Request-Id: ${id}`))
    const { response } = await heldExchange()
    if (answered) {
      response.write('part')
      await client.until('part')
    }
    client.socket.destroy()
    await until('the instance is let go of', () => closed.length > 0)
    const status = answered ? 200 : 499
    expect(await gateway.accessOf(id)).toMatchObject({ status, end: 'client-closed' })
    held = undefined
    closed = []
  }
})

it('gives the client an answer that comes before the upload has ended', async () => {
  const client = await RawClient.open(gateway.port)
  client.write(request('POST /services/up/too-much HTTP/1.1', 'Content-Length: 1000000') + 'x'.repeat(1000))
  const response = await client.response()
  expect(response).toMatchObject({ status: 413, body: 'too much' })
  expect(response.header('x-portolan-error')).toBeUndefined()
})

it('ends the upload to an instance that a client breaks off as broken', async () => {
  for (const framing of ['Content-Length: 10', 'Transfer-Encoding: chunked']) {
    const client = await RawClient.open(gateway.port)
    client.write(
      request('POST /services/up/held HTTP/1.1', framing) + (framing.includes('10') ? 'half' : '4\r\nhalf\r\n'),
    )
    const { request: incoming } = await heldExchange()
    client.socket.destroy()
    await until('the instance sees a break', () => incoming.destroyed)
    expect(incoming.complete).toBe(false)
    held = undefined
  }
})

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function* slices(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 50_001) yield bytes.subarray(at, at + 50_001)
}
