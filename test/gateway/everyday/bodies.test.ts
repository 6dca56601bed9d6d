import type { MiddlewareHandler } from 'hono'
import { expect, it, onTestFinished, vi } from 'vitest'
import { RawClient } from '../../support/raw.ts'
import { standstillOf } from '../../support/standstill.ts'
import { taken } from '../../support/taken.ts'
import { until } from '../../support/until.ts'
import { type Answer, startRawUpstream, startUpstream } from '../../support/upstream.ts'
import { gatewayBefore } from '../closing-rig.ts'
import { readByNode } from './read-by-node.ts'

const MB = 2 ** 20
/** More than the adapter has with an unread body. */
const ADAPTER_PATIENCE_MS = 700
const through: MiddlewareHandler = (_, next) => next()
const GET = 'GET /services/up/get HTTP/1.1\r\nHost: a\r\n\r\n'
const post = (length: number, body = '', ...fields: string[]) =>
  `${['POST /services/up/post HTTP/1.1', 'Host: a', `Content-Length: ${length}`, ...fields].join('\r\n')}\r\n\r\n${body}`
/** Of an instance that does not wait for the rest of a request. */
const EARLY = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nearly'

/** Answers with what it was sent. */
const echo: Answer = (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => response.end(Buffer.concat(chunks)))
}

interface Around {
  readonly answer?: Answer
  readonly handler?: MiddlewareHandler
  readonly limits?: object
}

/** A client of a gateway before an instance, and what `node:http` reads of what it sends: nothing of an everyday request. */
async function started({ answer = echo, handler = through, limits = {} }: Around = {}) {
  const upstream = await startUpstream(answer)
  const settings = { server: { host: '127.0.0.1', port: 0, limits } }
  const port = await gatewayBefore(upstream.port, handler, settings)
  const byNode = readByNode(port)
  return { upstream, byNode, client: await RawClient.open(port) }
}

/** A client of a gateway before an instance that answers early on each of its connections. */
async function early(): Promise<RawClient> {
  const upstream = await startRawUpstream((socket) => void socket.once('data', () => socket.write(EARLY)))
  return RawClient.open(await gatewayBefore(upstream.port, through))
}

it('carries bodies that come with their heads, behind them or in pieces, one after the other', async () => {
  const { client, upstream, byNode } = await started()
  expect((await client.write(post(5, 'whole')).response()).body).toBe('whole')
  client.write(post(8))
  await taken(client.socket)
  expect((await client.write('a behind').response()).body).toBe('a behind')
  client.write(post(9, 'in '))
  for (const piece of ['pie', 'ces']) {
    await taken(client.socket)
    client.write(piece)
  }
  expect((await client.response()).body).toBe('in pieces')
  expect((await client.write(post(0)).response()).body).toBe('')
  expect((await client.write(GET).response()).status).toBe(200)
  expect(upstream.asked.map(({ headers }) => headers['content-length'])).toEqual(['5', '8', '9', '0', undefined])
  expect(byNode).toEqual([])
})

it('sends a small body to the instance in one piece with its head', async () => {
  const pieces: string[] = []
  const upstream = await startRawUpstream((socket) => {
    socket.on('data', (piece) => {
      pieces.push(String(piece))
      socket.write(EARLY)
    })
  })
  const client = await RawClient.open(await gatewayBefore(upstream.port, through))
  await client.write(post(4, 'body')).response()
  expect(pieces).toEqual([expect.stringMatching(/content-length: 4\r\n\r\nbody$/)])
})

it('leaves to node:http what comes behind a body before its answer, in order', async () => {
  const { client, byNode } = await started()
  client.write(post(6, 'fir'))
  await taken(client.socket)
  client.write(`st ${GET}${post(6, 'second')}`)
  const bodies = [await client.response(), await client.response(), await client.response()].map(({ body }) => body)
  expect(bodies).toEqual(['first ', '', 'second'])
  expect(byNode).toEqual(['/services/up/get', '/services/up/post'])
})

it('keeps a connection whose request was answered early, and takes the rest for nothing else', async () => {
  const client = await early()
  for (let i = 0; i < 15; i++) {
    client.write(post(GET.length + 4, 'half'))
    expect((await client.response()).body).toBe('early')
    client.write(GET)
  }
  expect((await client.write(GET).response()).body).toBe('early')
  client.write(post(10, 'half'))
  expect((await client.response()).body).toBe('early')
  expect((await client.write(`a half${GET}`).response()).body).toBe('early')
})

it('closes behind an early answer when it is asked to, once the rest has come', async () => {
  const client = await early()
  client.write(post(8, 'half', 'Connection: close'))
  const { body, header } = await client.response()
  expect([body, header('connection')]).toEqual(['early', 'close'])
  client.write(`half${GET}`)
  expect(await client.closed()).toBe('end')
  expect(client.received).toBe('')
})

it('cuts a client that stops sending the rest of a request that was answered early', async () => {
  const client = await early()
  client.write(post(8, 'half'))
  expect((await client.response()).body).toBe('early')
  await client.closed()
  expect(client.received).toBe('')
})

it('answers 408 when a body stands still, and lets go of the instance', async () => {
  const { client, upstream } = await started({ limits: { bodyTimeout: '200ms' } })
  client.write(post(8, 'half'))
  const { status, header } = await client.response()
  expect([status, header('x-portolan-error'), header('connection')]).toEqual([408, 'GW_REQUEST_TIMEOUT', 'close'])
  await client.closed()
  await until('the instance is let go of', () => upstream.sockets.size === 0)
  expect(upstream.asked[0]?.complete).toBe(false)
})

it.each([
  ['closes its side', 400, (client: RawClient) => client.end()],
  ['is gone', undefined, (client: RawClient) => client.reset()],
])('lets go of the instance when a client %s within a body', async (_, status, goes) => {
  const { client, upstream } = await started()
  client.write(post(8, 'half'))
  await until('the instance is asked', () => upstream.asked.length > 0)
  goes(client)
  if (status) expect((await client.response()).status).toBe(status)
  await client.closed()
  await until('the instance is let go of', () => upstream.sockets.size === 0)
  expect(upstream.asked[0]?.complete).toBe(false)
})

it('has a client wait for an instance that reads nothing, and loses nothing', async () => {
  const upstream = await startRawUpstream((socket) => void socket.pause())
  const client = await RawClient.open(await gatewayBefore(upstream.port, through))
  client.write(post(64 * MB)).write(Buffer.alloc(64 * MB))
  expect(await standstillOf(client.socket)).toBeLessThan(32 * MB)
  let bytes = 0
  for (const socket of upstream.sockets) {
    socket.on('data', (piece) => {
      bytes += piece.length
    })
    socket.resume()
  }
  await until('all has come', () => bytes > 64 * MB)
})

it('refuses a body over the limit, and goes on with what comes behind it', async () => {
  const { client, upstream, byNode } = await started({ limits: { bodyBytes: '1KiB' } })
  client.write(post(2048, 'x'.repeat(1024)))
  expect((await client.response()).status).toBe(413)
  client.write('x'.repeat(1024))
  await taken(client.socket)
  expect((await client.write(post(4, 'body')).response()).body).toBe('body')
  expect(upstream.asked).toHaveLength(1)
  expect(byNode).toEqual([])
})

it('shows a body to middleware, and the instance the same', async () => {
  const seen: string[] = []
  const { client, byNode } = await started({
    handler: async (c, next) => {
      seen.push(`${c.req.method} ${await c.req.text()}`)
      await next()
    },
  })
  expect((await client.write(post(4, 'body')).response()).body).toBe('body')
  client.write(post(8, 'half'))
  await taken(client.socket)
  expect((await client.write('half').response()).body).toBe('halfhalf')
  client.write(post(3 * MB)).write(Buffer.alloc(3 * MB, 'x'))
  expect((await client.response()).body).toBe('x'.repeat(3 * MB))
  expect((await client.write('POST /services/up/ HTTP/1.1\r\nHost: a\r\n\r\n').response()).status).toBe(200)
  expect(seen.map((text) => text.slice(0, 13))).toEqual(['POST body', 'POST halfhalf', 'POST xxxxxxxx', 'POST '])
  expect(byNode).toEqual([])
})

it('keeps a connection whose body a middleware leaves unread', async () => {
  const { client, byNode } = await started({ handler: async (c) => c.text('mine') })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  for (const body of ['', 'half']) {
    client.write(post(8, body))
    expect((await client.response()).body).toBe('mine')
    client.write('restrest'.slice(body.length))
    await taken(client.socket)
  }
  // The adapter gives up what nobody reads after a while: of that nothing may reach this connection.
  expect(vi.getTimerCount()).toBeGreaterThan(0)
  vi.advanceTimersByTime(ADAPTER_PATIENCE_MS)
  expect((await client.write(post(4, 'body')).response()).body).toBe('mine')
  expect(byNode).toEqual([])
})

it('tells a middleware that reads a body when its client leaves', async () => {
  const told: string[] = []
  const { client } = await started({
    handler: async (c) => {
      told.push('reads')
      await c.req.text().catch(() => told.push('broken'))
      return c.text('late')
    },
  })
  client.write(post(8, 'half'))
  await until('the body is read', () => told.length > 0)
  client.reset()
  await until('the middleware is told', () => told.length > 1)
  expect(told).toEqual(['reads', 'broken'])
})

it('gives a middleware a body that has come whole, though its client has gone', async () => {
  const told: string[] = []
  let gone = () => {}
  const leaves = new Promise<void>((resolve) => {
    gone = resolve
  })
  const { client } = await started({
    handler: async (c) => {
      told.push('waits')
      c.req.raw.signal.addEventListener('abort', gone)
      await leaves
      told.push(await c.req.text())
      return c.text('late')
    },
  })
  client.write(post(5, 'whole'))
  await until('the request is there', () => told.length > 0)
  client.reset()
  await until('the body is read', () => told.length > 1)
  expect(told).toEqual(['waits', 'whole'])
})
