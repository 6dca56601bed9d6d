import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { MiddlewareHandler } from 'hono'
import { expect, it } from 'vitest'
import { RawClient } from '../../support/raw.ts'
import { taken } from '../../support/taken.ts'
import { until } from '../../support/until.ts'
import { startRawUpstream, startUpstream } from '../../support/upstream.ts'
import { gatewayBefore, startBefore } from '../closing-rig.ts'
import { readByNode } from './read-by-node.ts'

const through: MiddlewareHandler = (_, next) => next()
const get = (path: string, ...fields: string[]) =>
  `${[`GET /services/up${path} HTTP/1.1`, 'Host: a', ...fields].join('\r\n')}\r\n\r\n`
/** Of an instance that does not wait for the rest of a request. */
const EARLY = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nearly'
const OTHER = 'POST /services/up/post HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n'

/** A gateway before an instance that answers with what it was asked for, at once unless `later` takes the answer. */
async function started({ later = (_url: string, _response: ServerResponse): boolean => false, settings = {} } = {}) {
  const upstream = await startUpstream(({ url = '' }, response) => {
    if (!later(url, response)) response.end(url)
  })
  const port = await gatewayBefore(upstream.port, through, settings)
  return { port, upstream, urls: readByNode(port), client: await RawClient.open(port) }
}

it('serves everyday requests without node:http, one after the other on one connection', async () => {
  const { client, urls } = await started()
  for (const path of ['/1', '/2', '/3']) {
    const { status, body, header } = await client.write(get(path)).response()
    expect([status, body, header('connection'), header('keep-alive')]).toEqual([200, path, 'keep-alive', 'timeout=65'])
  }
  expect(urls).toEqual([])
})

it('leaves a connection to node:http with the first request that is none', async () => {
  const { client, urls } = await started()
  const bodies: string[] = []
  for (const bytes of [get('/1'), OTHER, get('/2')]) bodies.push((await client.write(bytes).response()).body)
  expect(bodies).toEqual(['/1', '/post', '/2'])
  expect(urls).toEqual(['/services/up/post', '/services/up/2'])
})

it('leaves a head that comes in pieces to node:http', async () => {
  const { client, urls } = await started()
  client.write('GET /services/up/1 HT')
  await taken(client.socket)
  client.write('TP/1.1\r\nHost: a\r\n\r\n')
  expect((await client.response()).body).toBe('/1')
  expect(urls).toEqual(['/services/up/1'])
})

/** As `started`, with a client that waits for an answer until `answer` is called. */
async function waiting() {
  const held: ServerResponse[] = []
  const all = await started({ later: (url, response) => url === '/slow' && held.push(response) > 0 })
  all.client.write(get('/slow'))
  await until('the instance is asked', () => held.length > 0)
  return { ...all, answer: () => void held[0]!.end('slow') }
}

it('serves a request that comes while an answer is on its way, when that has left', async () => {
  const { client, urls, answer } = await waiting()
  client.write(get('/1'))
  await taken(client.socket)
  answer()
  const bodies = [await client.response(), await client.response(), await client.write(get('/2')).response()]
  expect(bodies.map(({ body }) => body)).toEqual(['slow', '/1', '/2'])
  expect(urls).toEqual([])
})

it('answers in order what is asked while an answer is on its way, also when nothing more will come', async () => {
  const { client, urls, answer } = await waiting()
  client.write(get('/1'))
  await taken(client.socket)
  client.write(get('/2')).end()
  await taken(client.socket)
  answer()
  const bodies = [await client.response(), await client.response(), await client.response()].map(({ body }) => body)
  expect(bodies).toEqual(['slow', '/1', '/2'])
  expect(await client.closed()).toBe('end')
  expect(urls).toEqual(['/services/up/1', '/services/up/2'])
})

it('answers a client that has closed its side, and says that it closes', async () => {
  const { client, urls } = await started()
  client.write(get('/1')).end()
  const { body, header } = await client.response()
  expect([body, header('connection')]).toEqual(['/1', 'close'])
  expect(await client.closed()).toBe('end')
  expect(urls).toEqual([])
})

it('closes when it is asked to', async () => {
  const { client } = await started()
  const { body, header } = await client.write(get('/1', 'Connection: close')).response()
  expect([body, header('connection')]).toEqual(['/1', 'close'])
  expect(await client.closed()).toBe('end')
})

it('lets the instance know of a client that leaves', async () => {
  const held: ServerResponse[] = []
  const { client } = await started({ later: (_, response) => held.push(response) > 0 })
  client.write(get('/1'))
  await until('the instance is asked', () => held.length > 0)
  client.reset()
  await until('the instance is left', () => held[0]!.destroyed)
})

it('counts the requests of a connection on both sides together', async () => {
  const { client } = await started({ settings: limited({ requestsPerConnection: 3 }) })
  await client.write(get('/1')).response()
  await client.write(OTHER).response()
  expect((await client.write(get('/3')).response()).header('connection')).toBe('close')
  expect(await client.closed()).toBe('end')
})

it('closes a connection on which nothing comes, with an answer if it is a new one', async () => {
  const settings = limited({ headerTimeout: '300ms', keepAliveTimeout: '300ms' })
  const { client, port } = await started({ settings })
  const other = await RawClient.open(port)
  await other.write(get('/1')).response()
  expect(await other.closed()).toBe('end')
  expect((await client.response()).status).toBe(408)
  expect(await client.closed()).toBe('end')
})

it('lets go of idle connections when the gateway closes', async () => {
  const upstream = await startUpstream((_, response) => void response.end('ok'))
  const { gateway, port } = await startBefore(upstream.port, through)
  const client = await RawClient.open(port)
  await client.write(get('/1')).response()
  await gateway.close()
  expect(await client.closed()).toBe('end')
})

it('takes in the rest of a request that was answered early when the gateway closes, and resets nobody', async () => {
  const upstream = await startRawUpstream((socket) => void socket.once('data', () => socket.write(EARLY)))
  const { gateway, port } = await startBefore(upstream.port, through)
  const client = await RawClient.open(port)
  client.write('POST /services/up/ HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nhalf')
  expect((await client.response()).body).toBe('early')
  const closing = gateway.close()
  expect(await client.closed()).toBe('end')
  const gone = once(client.socket, 'close')
  client.write('half').write(get('/behind'))
  await taken(client.socket)
  client.end()
  expect(await gone).toEqual([false])
  expect(client.received).toBe('')
  await closing
})

function limited(limits: object) {
  return { server: { host: '127.0.0.1', port: 0, limits } }
}
