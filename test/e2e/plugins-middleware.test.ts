import type { ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { beforeAll, expect, it } from 'vitest'
import { call, ids } from '../support/call.ts'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw.ts'
import { until } from '../support/until.ts'
import { echo, startUpstream, type Upstream } from '../support/upstream.ts'

const LONG = 'Portolan. '.repeat(1000)

const OWN_MJS = `
  const middleware = (name, handler) => ({ kind: 'middleware', name, create: () => handler })
  export default [
    middleware('per-service', async (c, next) => { await next(); c.header('x-service', 'yes') }),
    middleware('per-route', async (c, next) => { await next(); c.header('x-route', 'yes') }),
    middleware('shout', async (c, next) => {
      await next()
      const text = await c.res.text()
      c.res = new Response(text.toUpperCase(), c.res)
    }),
    middleware('shortens', async (c, next) => { await next(); c.res = new Response((await c.res.text()).slice(0, 5), c.res) }),
    middleware('empties', async (c, next) => { await next(); c.res = new Response(null, c.res) }),
    middleware('ignores', async (c, next) => { await next(); c.res = undefined; c.res = c.text('something else') }),
    middleware('reads', async (c, next) => { const text = await c.req.text(); await next(); c.header('x-read', String(text.length)) }),
    middleware('replaces', async (c, next) => {
      c.req.raw = new Request(c.req.raw, { method: 'POST', body: 'another body', headers: { 'content-type': 'text/plain' } })
      await next()
    }),
    middleware('hangs-up', async (c, next) => { await next(); c.header('connection', 'close') }),
    middleware('throws', () => { throw new Error('middleware broke') }),
    middleware('throws-after', async (c, next) => { await next(); throw new Error('middleware broke late') }),
    middleware('throws-text', () => { throw 'just words' }),
    middleware('answers', (c) => c.text('from the middleware', 418)),
  ]`

const OWN = [
  'cors',
  'compress',
  'etag',
  'shout',
  'shortens',
  'empties',
  'ignores',
  'reads',
  'replaces',
  'answers',
].concat(['hangs-up', 'throws', 'throws-after', 'throws-text'])

let upstream: Upstream
const endless: ServerResponse[] = []
let gateway: GatewayProcess

beforeAll(async () => {
  upstream = await startUpstream((request, response) => {
    if (request.url === '/endless') return pour(response)
    if (request.url === '/broken') {
      response.writeHead(200, { 'content-length': 10 }).write('half', () => response.destroy())
      return
    }
    if (request.url === '/small') return void response.writeHead(200, { 'content-length': 5 }).end('small')
    if (request.url === '/length')
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': LONG.length })
    else if (request.url === '/chunked') response.writeHead(200, { 'content-type': 'text/plain' })
    else return echo(request, response)
    if (request.method === 'HEAD') response.end()
    else if (request.url === '/length') response.end(LONG)
    else for (const part of [LONG.slice(0, 100), LONG.slice(100), null]) part ? response.write(part) : response.end()
  })
  const services = Object.fromEntries([...OWN, 'plain', 'marked', 'both'].map((name) => [name, [upstream.address]]))
  gateway = await startGateway(
    `
    plugins: [./own.mjs]
    middleware: [request-id]
    routing:
      - { mode: path, prefix: /services }
      - mode: table
        routes:
          - { match: { path: /routed/* }, service: plain, stripPrefix: /routed, middleware: [per-route] }
          - { match: { path: /both/* }, service: both, stripPrefix: /both, middleware: [per-route] }
          - { match: { path: /unmarked/* }, service: plain, stripPrefix: /unmarked }
    services:
      ${OWN.map((name) => `${name}: { middleware: [${name}] }`).join('\n      ')}
      marked: { middleware: [per-service] }
      both: { middleware: [per-service, compress] }
    `,
    { services, files: { 'own.mjs': OWN_MJS } },
  )
})

function pour(response: ServerResponse): void {
  endless.push(response)
  const more = () => {
    while (!response.destroyed && response.write(LONG));
  }
  response.on('drain', more)
  more()
}

const ask = (path: string, options?: Parameters<typeof call>[1]) => call(`${gateway.url}/services/${path}`, options)

it('lets a middleware close the connection after a small answer', async () => {
  const client = await RawClient.open(gateway.port)
  client.write('GET /services/hangs-up/small HTTP/1.1\r\nHost: a\r\n\r\n')
  await until('the gateway has closed', () => client.ended === 'end')
  expect(client.received.toLowerCase().match(/^connection: .*$/gm)).toEqual(['connection: close'])
})

it('tells the id of each request, the one that the instance and the log know', async () => {
  const reply = await ask('plain/id')
  const id = reply.headers['x-request-id'] as string
  expect(JSON.parse(reply.text).rawHeaders).toContain(id)
  expect(await gateway.accessOf(id)).toMatchObject({ status: 200, service: 'plain' })
})

it('answers a preflight and marks the answers of instances with cors', async () => {
  const headers = { origin: 'http://elsewhere', 'access-control-request-method': 'PUT' }
  expect(await ask('cors/', { method: 'OPTIONS', headers })).toMatchObject({
    status: 204,
    headers: { 'access-control-allow-origin': '*' },
  })
  const reply = await ask('cors/', { headers })
  expect(reply.headers['access-control-allow-origin']).toBe('*')
  expect(JSON.parse(reply.text).url).toBe('/')
})

for (const path of ['length', 'chunked']) {
  it(`compresses what an instance sends ${path === 'length' ? 'with a length' : 'in chunks'}`, async () => {
    const reply = await ask(`compress/${path}`, { headers: { 'accept-encoding': 'gzip' } })
    expect(reply.headers).toMatchObject({ 'content-encoding': 'gzip', vary: expect.stringMatching(/accept-encoding/i) })
    expect(reply.body.length).toBeLessThan(LONG.length / 2)
    expect(gunzipSync(reply.body).toString()).toBe(LONG)
    expect((await ask(`compress/${path}`)).text).toBe(LONG)
  })
}

it('answers 304 to whoever has the body that etag names', async () => {
  const first = await ask('etag/length')
  expect(first.text).toBe(LONG)
  const etag = first.headers.etag as string
  const second = await ask('etag/length', { headers: { 'if-none-match': etag } })
  expect(second).toMatchObject({ status: 304, text: '', headers: { etag } })
})

it('runs the middleware of a service on that service alone', async () => {
  expect((await ask('marked/')).headers['x-service']).toBe('yes')
  expect((await ask('plain/')).headers['x-service']).toBeUndefined()
})

it('runs the middleware of a table route on that route alone', async () => {
  expect((await call(`${gateway.url}/routed/x`)).headers['x-route']).toBe('yes')
  expect((await call(`${gateway.url}/unmarked/x`)).headers['x-route']).toBeUndefined()
})

it('runs the middleware of a route around that of its service', async () => {
  const reply = await call(`${gateway.url}/both/length`, { headers: { 'accept-encoding': 'gzip' } })
  expect(reply.headers).toMatchObject({ 'x-route': 'yes', 'x-service': 'yes', 'content-encoding': 'gzip' })
  expect(gunzipSync(reply.body).toString()).toBe(LONG)
})

it('sends the body that a middleware has made of the one of the instance', async () => {
  for (const path of ['length', 'chunked']) {
    const reply = await ask(`shout/${path}`)
    expect(reply).toMatchObject({ status: 200, text: LONG.toUpperCase() })
  }
})

it('answers 502 when the body breaks off that a middleware waits for', async () => {
  const id = ids()
  const reply = await ask('shout/broken', { headers: { 'x-request-id': id } })
  expect(reply).toMatchObject({ status: 502, headers: { 'x-portolan-error': 'GW_UPSTREAM_RESET' } })
  expect(await gateway.accessOf(id)).toMatchObject({ status: 502, code: 'GW_UPSTREAM_RESET' })
  expect(gateway.logs.filter((line) => line.requestId === id && line.level === 50)).toEqual([])
})

it('breaks the client off when the body breaks off that a middleware passes on', async () => {
  const headers = { 'accept-encoding': 'gzip' }
  await expect(ask('compress/broken', { headers })).rejects.toMatchObject({ code: 'ECONNRESET' })
})

it('frames a body that a middleware has made shorter by its own length', async () => {
  for (const path of ['length', 'chunked']) expect((await ask(`shortens/${path}`)).text).toBe(LONG.slice(0, 5))
})

it('frames an answer whose body a middleware has taken away', async () => {
  for (const path of ['length', 'chunked'])
    expect(await ask(`empties/${path}`)).toMatchObject({ status: 200, text: '' })
})

it('lets go of an instance whose body a middleware does not want', async () => {
  expect((await ask('ignores/endless')).text).toBe('something else')
  await until('the instance is let go of', () => endless.length === 1 && endless[0]!.destroyed)
  expect((await ask('throws-after/endless')).status).toBe(500)
  await until('the instance is let go of', () => endless.length === 2 && endless[1]!.destroyed)
})

it('gives the instance a request body that a middleware has read', async () => {
  const reply = await ask('reads/', { method: 'POST', body: 'a body', headers: { 'content-type': 'text/plain' } })
  expect(reply.headers['x-read']).toBe('6')
  expect(JSON.parse(reply.text).body).toBe('a body')
})

it('gives the instance the request that a middleware has put in place', async () => {
  const reply = await ask('replaces/x?y=1')
  expect(JSON.parse(reply.text)).toMatchObject({ method: 'POST', body: 'another body', url: '/x?y=1' })
})

it('sends what a middleware answers in place of the instance', async () => {
  const before = upstream.asked.length
  expect(await ask('answers/')).toMatchObject({ status: 418, text: 'from the middleware' })
  expect(upstream.asked).toHaveLength(before)
})

for (const service of ['throws', 'throws-after', 'throws-text']) {
  it(`answers 500 and lives on when a middleware ${service.replace('-', ' ')}, and logs it once`, async () => {
    const id = ids()
    const reply = await ask(`${service}/`, { headers: { 'x-request-id': id } })
    expect(reply).toMatchObject({ status: 500, headers: { 'x-portolan-error': 'GW_INTERNAL' } })
    expect(reply.text).not.toMatch(/broke|words/)
    expect((await ask('plain/')).status).toBe(200)
    expect(await gateway.accessOf(id)).toMatchObject({ status: 500, code: 'GW_INTERNAL' })
    const told = gateway.logs.filter((line) => line.requestId === id && line.level === 50)
    expect(told).toHaveLength(1)
    if (service !== 'throws-text') expect(told[0]!.err!.stack).toContain('own.mjs')
  })
}

for (const service of ['plain', 'cors', 'compress', 'etag', 'shout', 'reads', 'marked']) {
  it(`answers HEAD through ${service} without a body, and the connection stays in step`, async () => {
    const head = (path: string) =>
      `HEAD /services/${service}/${path} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n`
    for (const path of ['length', 'chunked']) {
      const client = await RawClient.open(gateway.port)
      const response = await client.write(head(path)).response({ toHead: true })
      expect(response.status).toBe(200)
      const next = await client.write('GET /services/plain/after HTTP/1.1\r\nHost: a\r\n\r\n').response()
      expect(next.status).toBe(200)
      expect(JSON.parse(next.body).url).toBe('/after')
    }
  })
}

it('keeps the length of the instance in an answer to HEAD', async () => {
  const request = 'HEAD /services/plain/length HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
  const client = await RawClient.open(gateway.port)
  const response = await client.write(request).response({ toHead: true })
  expect(response.header('content-length')).toBe(String(LONG.length))
})
