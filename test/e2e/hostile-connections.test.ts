import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { call } from '../support/call.ts'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { RawClient, rawExchange } from '../support/raw.ts'
import { until } from '../support/until.ts'
import { echo, startUpstream, type Upstream } from '../support/upstream.ts'

let upstream: Upstream
let gateway: GatewayProcess
let workers: number[]
/** Ends the answers that were held back. */
let release: (() => void)[] = []

beforeAll(async () => {
  upstream = await startUpstream((incoming, response) => {
    if (incoming.url === '/slow') release.push(() => response.end('slow'))
    else if (incoming.url === '/half') response.writeHead(200, { 'content-length': 10 }).write('half')
    else if (incoming.url === '/large')
      response.writeHead(200, { 'content-length': 2 ** 30 }).write(Buffer.alloc(2 ** 20))
    else if (incoming.url === '/broken')
      response.writeHead(200, { 'content-length': 10 }).write('half', () => response.destroy())
    else if (incoming.url === '/refused') response.writeHead(417, { connection: 'close' }).end('no')
    else echo(incoming, response)
  })
  gateway = await startGateway('server: { workers: 1, limits: { bodyBytes: 64KiB, headerTimeout: 1s } }', {
    services: { echo: [upstream.address] },
  })
  workers = await gateway.workers()
})

afterEach(async () => {
  for (const end of release) end()
  release = []
  expect((await call(`${gateway.url}/services/echo/after`)).status).toBe(200)
  expect(await gateway.workers()).toEqual(workers)
})

beforeEach(() => {
  upstream.asked.length = 0
})

const urls = () => upstream.asked.map(({ url }) => url)
const request = (line: string, ...fields: string[]) => `${[line, 'Host: gateway', ...fields].join('\r\n')}\r\n\r\n`
const open = () => RawClient.open(gateway.port)

it('answers OPTIONS * without asking an instance', async () => {
  const response = await rawExchange(gateway.port, request('OPTIONS * HTTP/1.1'))
  expect(response.status).toBeGreaterThanOrEqual(200)
  expect(response.status).toBeLessThan(500)
  expect(urls()).toEqual([])
})

it('opens no tunnel for CONNECT', async () => {
  const client = await open()
  client.write(request(`CONNECT ${upstream.address} HTTP/1.1`))
  const closed = client.closed()
  const response = await client.response().catch(() => undefined)
  if (response) expect(response.status).toBeGreaterThanOrEqual(400)
  await closed
  expect(urls()).toEqual([])
})

it('gives a plain answer to an upgrade that the instance does not make', async () => {
  const fields = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: YQ==']
  const client = await open()
  const response = await client.write(request('GET /services/echo/ws HTTP/1.1', ...fields)).response()
  expect(response.status).toBe(200)
  expect(response.header('connection')).toBe('close')
  await client.closed()
})

it('bears an upgrade that is pipelined behind another request', async () => {
  const client = await open()
  const fields = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: YQ==']
  client.write(request('GET /services/echo/slow HTTP/1.1') + request('GET /services/echo/ws HTTP/1.1', ...fields))
  await until('the slow one is asked', () => release.length === 1)
  release.pop()!()
  expect((await client.response()).body).toBe('slow')
  expect(JSON.parse((await client.response()).body).url).toBe('/ws')
  await client.closed()
})

it('runs nothing of what follows an upgrade that is not made, in whichever pieces it comes', async () => {
  const client = await open()
  const inner = request('POST /services/echo/smuggled HTTP/1.1', 'Content-Length: 0')
  const outer = `${request('POST /services/echo/outer HTTP/1.1', `Content-Length: ${2 * inner.length}`)}${inner}`
  client.write(request('GET /services/echo/h2c HTTP/1.1', 'Connection: Upgrade', 'Upgrade: h2c') + outer)
  await until('the first is asked', () => urls().includes('/h2c'))
  client.write(inner)
  expect(JSON.parse((await client.response()).body).url).toBe('/h2c')
  await client.closed()
  expect(urls()).toEqual(['/h2c'])
})

it('lets a client that expects 100-continue send its body, as the instance does', async () => {
  const client = await open()
  client.write(request('POST /services/echo/ HTTP/1.1', 'Content-Length: 4', 'Expect: 100-continue'))
  await client.until('100 Continue')
  const response = await client.write('body').response()
  expect(response.status).toBe(200)
  const { body, rawHeaders } = JSON.parse(response.body)
  expect(body).toBe('body')
  expect(rawHeaders.join()).toContain('expect,100-continue')
})

it('refuses another expectation', async () => {
  const response = await rawExchange(gateway.port, request('GET /services/echo/ HTTP/1.1', 'Expect: miracles'))
  expect(response.status).toBe(417)
})

it('refuses a body over the limit by its length, before it comes', async () => {
  const response = await rawExchange(
    gateway.port,
    request('POST /services/echo/ HTTP/1.1', `Content-Length: ${64 * 1024 + 1}`),
  )
  expect(response.status).toBe(413)
  expect(response.header('x-portolan-error')).toBe('GW_BODY_TOO_LARGE')
  expect(urls()).toEqual([])
})

it('refuses a chunked body once it is over the limit', async () => {
  const client = await open()
  const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`
  client.write(request('POST /services/echo/ HTTP/1.1', 'Transfer-Encoding: chunked') + chunk.repeat(5))
  const response = await client.response()
  expect(response.status).toBe(413)
  expect(response.header('x-portolan-error')).toBe('GW_BODY_TOO_LARGE')
  await client.closed()
  expect(upstream.asked.every(({ complete }) => !complete)).toBe(true)
})

it('passes a body of just the limit, with a length and in chunks', async () => {
  const body = 'x'.repeat(64 * 1024)
  for (const headers of [{ 'content-length': String(body.length) }, { 'transfer-encoding': 'chunked' }]) {
    const reply = await call(`${gateway.url}/services/echo/`, { method: 'POST', body, headers })
    expect(JSON.parse(reply.text).body).toHaveLength(body.length)
  }
})

const BROKEN_OFF: Readonly<Record<string, string>> = {
  'before a byte': '',
  'in the request line': 'GET /serv',
  'in the head': 'GET /services/echo/ HTTP/1.1\r\nHost: a\r\nx: ',
  'before the body': request('POST /services/echo/broken HTTP/1.1', 'Content-Length: 10'),
  'in the body': `${request('POST /services/echo/broken HTTP/1.1', 'Content-Length: 10')}half`,
  'in a chunk': `${request('POST /services/echo/broken HTTP/1.1', 'Transfer-Encoding: chunked')}a\r\nhalf`,
  'before the answer': request('GET /services/echo/slow HTTP/1.1'),
  'in the answer': request('GET /services/echo/half HTTP/1.1'),
}

for (const [when, bytes] of Object.entries(BROKEN_OFF)) {
  it(`bears a client that goes ${when}`, async () => {
    for (const leave of ['end', 'reset'] as const) {
      const before = upstream.asked.length
      const client = await open()
      client.write(bytes)
      const reaches = bytes.includes('\r\n\r\n')
      if (reaches) await until('the instance is asked', () => upstream.asked.length > before)
      if (when === 'in the answer') await client.until('half')
      if (leave === 'end') client.socket.destroy()
      else client.reset()
      if (reaches) await until('the instance is let go of', () => upstream.sockets.size === 0)
      expect(upstream.asked.slice(before).filter(({ url, complete }) => url === '/broken' && complete)).toEqual([])
    }
  })
}

it('cuts a client whose head does not come', async () => {
  const client = await open()
  client.write('GET /services/echo/ HTTP/1.1\r\nHost: a\r\n')
  expect((await client.response()).status).toBe(408)
  await client.closed()
})

it('lets go of the instances that answer pipelined requests when their client goes', async () => {
  const client = await open()
  client.write(request('GET /services/echo/slow HTTP/1.1') + request('GET /services/echo/large HTTP/1.1').repeat(15))
  await until('all are asked', () => urls().length === 16)
  client.reset()
  await until('the instances are let go of', () => upstream.sockets.size === 0)
})

it('answers a request that expects 100-continue before a refused one behind it', async () => {
  const client = await open()
  client.write(request('POST /services/echo/first HTTP/1.1', 'Content-Length: 0', 'Expect: 100-continue'))
  client.write('GET /services/echo/ HTTP/1.1\r\n\r\n')
  expect(JSON.parse((await client.response()).body).url).toBe('/first')
  expect((await client.response()).status).toBe(400)
  await client.closed()
})

it('bears a client that expects 100-continue and sends garbage at once', async () => {
  const client = await open()
  const fields = ['Transfer-Encoding: chunked', 'Expect: 100-continue']
  client.write(`${request('POST /services/echo/ HTTP/1.1', ...fields)}garbage\r\n`)
  expect((await client.response()).status).toBe(400)
  await client.closed()
})

it('asks for the body of a pipelined request in its turn, not within another answer', async () => {
  const client = await open()
  const expecting = request('POST /services/echo/second HTTP/1.1', 'Content-Length: 4', 'Expect: 100-continue')
  client.write(`${request('GET /services/echo/slow HTTP/1.1')}${expecting}body`)
  await until('both are asked', () => release.length === 1 && urls().includes('/second'))
  release.pop()!()
  expect((await client.response()).body).toBe('slow')
  expect(JSON.parse((await client.response()).body)).toMatchObject({ url: '/second', body: 'body' })
  expect(client.received).toBe('')
})

it('breaks the connection off when the turn comes of an answer that has broken before', async () => {
  const client = await open()
  const chunked = `${request('POST /services/echo/slow HTTP/1.1', 'Transfer-Encoding: chunked')}0\r\n\r\n`
  client.write(chunked + request('GET /services/echo/broken HTTP/1.1') + request('GET /services/echo/behind HTTP/1.1'))
  await until('the answer has broken', () => urls().length === 3 && upstream.sockets.size === 2)
  release.pop()!()
  expect((await client.response()).body).toBe('slow')
  await client.closed()
  expect(client.received).not.toContain('behind')
})

it('passes on an early refusal of an expected body', async () => {
  const client = await open()
  client.write(request('POST /services/echo/refused HTTP/1.1', 'Content-Length: 4', 'Expect: 100-continue'))
  expect((await client.response()).status).toBe(417)
})
