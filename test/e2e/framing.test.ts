import type { Socket } from 'node:net'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { ids } from '../support/call.ts'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw.ts'
import { startRawUpstream, type Upstream } from '../support/upstream.ts'

/** What the instance writes, at which point of the request, and what it does then. */
let script: { bytes: string; when?: RegExp; after?: (socket: Socket) => void }
/** What it has received. */
let received = ''
let connections = 0
let upstream: Upstream
let gateway: GatewayProcess

beforeAll(async () => {
  upstream = await startRawUpstream((socket, count) => {
    connections = count
    socket.setEncoding('latin1').on('data', (text: unknown) => {
      received += text
      if (!(script.when ?? /\r\n\r\n/).test(received)) return
      socket.write(Buffer.from(script.bytes, 'latin1'), () => script.after?.(socket))
    })
  })
  gateway = await startGateway('', { services: { up: [upstream.address] } })
})

beforeEach(() => {
  received = ''
})

const request = (line: string, ...fields: string[]) => `${[line, 'Host: gateway', ...fields].join('\r\n')}\r\n\r\n`
const GET = 'GET /services/up/ HTTP/1.1'
const open = () => RawClient.open(gateway.port)

it('logs an answer that the instance has broken off as such', async () => {
  const id = ids()
  script = { bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', after: (socket) => socket.end() }
  const client = await open()
  client.write(request(GET, `X-Request-Id: ${id}`))
  await client.closed()
  expect(await gateway.accessOf(id)).toMatchObject({ status: 200, end: 'upstream-broke' })
})

const BODILESS: Readonly<Record<string, readonly [method: string, bytes: string, length: string | undefined]>> = {
  HEAD: ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n', '10'],
  'a chunked HEAD': ['HEAD', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', undefined],
  204: ['GET', 'HTTP/1.1 204 No Content\r\n\r\n', undefined],
  'a 204 that tells a length': ['GET', 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n', undefined],
  304: ['GET', 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 10\r\n\r\n', '10'],
  'an empty 200': ['GET', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', '0'],
}

for (const [what, [method, bytes, length]] of Object.entries(BODILESS)) {
  it(`frames ${what} without a body, and keeps both connections`, async () => {
    script = { bytes }
    const client = await open()
    const response = await client
      .write(request(`${method} /services/up/ HTTP/1.1`))
      .response({ toHead: method === 'HEAD' })
    expect(response.body).toBe('')
    expect(response.header('content-length')).toBe(length)
    if (what.includes('204')) expect(response.header('transfer-encoding')).toBeUndefined()
    const before = connections
    script = { bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext' }
    expect((await client.write(request(GET)).response()).body).toBe('next')
    expect(connections).toBe(before)
  })
}

it('passes on the trailers of an instance', async () => {
  const fields = 'Transfer-Encoding: chunked\r\nTrailer: X-Sum'
  script = { bytes: `HTTP/1.1 200 OK\r\n${fields}\r\n\r\n4\r\nbody\r\n0\r\nX-Sum: 42\r\n\r\n` }
  const client = await open()
  const response = await client.write(request(GET, 'TE: trailers')).response()
  expect(response).toMatchObject({ body: 'body', trailers: 'X-Sum: 42' })
  expect(response.header('x-sum')).toBeUndefined()
})

it('takes interim answers for none, and the final one for the answer', async () => {
  const interim = 'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'
  script = { bytes: `${interim}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody` }
  const client = await open()
  const response = await client.write(request(GET)).response()
  expect(response).toMatchObject({ status: 200, body: 'body' })
  expect(response.header('link')).toBeUndefined()
})

it('keeps a status and a reason that nobody has heard of', async () => {
  script = { bytes: 'HTTP/1.1 299 Quite Fine\r\nContent-Length: 0\r\n\r\n' }
  expect((await (await open()).write(request(GET)).response()).statusLine).toBe('HTTP/1.1 299 Quite Fine')
})
