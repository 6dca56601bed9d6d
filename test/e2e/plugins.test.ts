import { beforeAll, expect, it } from 'vitest'
import { call, ids } from '../support/call.ts'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { echo, startUpstream, type Upstream } from '../support/upstream.ts'

const LAST_TS = `
  import { defineStrategy, type Endpoint } from 'portolan/plugin'
  import { z } from 'zod'
  enum Side { First = 0, Last = -1 }
  export default defineStrategy({
    name: 'side',
    options: z.strictObject({ last: z.boolean() }),
    create: ({ last }) => ({ pick: (endpoints: readonly Endpoint[]) => endpoints.at(last ? Side.Last : Side.First)! }),
  })`

const LIST_MJS = `
  import { defineAdapter, instance } from 'portolan/plugin'
  const schema = { '~standard': { version: 1, vendor: 'mine', validate: (value) => ({ value }) } }
  export default defineAdapter({
    name: 'list',
    options: schema,
    create: ({ of }) => ({
      async *watch(signal) {
        const view = Object.entries(of).map(([name, ports]) => [name, ports.map((port) => instance({ host: '127.0.0.1', port }))])
        yield new Map(view)
        await new Promise((stop) => signal.addEventListener('abort', stop))
      },
    }),
  })`

const MARK_MJS = `
  import { createMiddleware } from 'hono/factory'
  export default {
    kind: 'middleware',
    name: 'mark',
    create: () => createMiddleware(async (c, next) => {
      await next()
      c.header('x-marked', 'after')
      c.res.headers.append('x-marked', 'twice')
    }),
  }`

const STRATEGIES_MJS = `
  const strategy = (name, pick) => ({ kind: 'strategy', name, create: () => ({ pick }) })
  export default [
    strategy('throws', (endpoints, { path }) => { if (path === '/bad') throw new Error('no idea'); return endpoints[0] }),
    strategy('garbage', (endpoints, { path }) => (path === '/bad' ? { instance: 1 } : endpoints[0])),
    strategy('nothing', (endpoints, { path }) => (path === '/bad' ? undefined : endpoints[0])),
    strategy('late', (endpoints, { path }) => (path === '/bad' ? Promise.resolve(endpoints[0]) : endpoints[0])),
  ]`

let one: Upstream
let two: Upstream
let gateway: GatewayProcess

beforeAll(async () => {
  one = await startUpstream(echo)
  two = await startUpstream(echo)
  gateway = await startGateway(
    `
    plugins: [./side.ts, ./list.mjs, ./mark.mjs, ./strategies.mjs]
    registry: { type: list, options: { of: { a: [${one.port}, ${two.port}], b: [${one.port}, ${two.port}], c: [${one.port}],
      throws: [${one.port}], garbage: [${one.port}], nothing: [${one.port}], late: [${one.port}] } } }
    balancing: { type: side, options: { last: true } }
    middleware: [mark]
    services:
      b: { balancing: { type: side, options: { last: false } } }
      throws: { balancing: throws }
      garbage: { balancing: garbage }
      nothing: { balancing: nothing }
      late: { balancing: late }
    `,
    { files: { 'side.ts': LAST_TS, 'list.mjs': LIST_MJS, 'mark.mjs': MARK_MJS, 'strategies.mjs': STRATEGIES_MJS } },
  )
})

it('picks by a strategy in TypeScript, with options of its own for each service', async () => {
  for (let i = 0; i < 3; i++) await call(`${gateway.url}/services/a/last`)
  for (let i = 0; i < 3; i++) await call(`${gateway.url}/services/b/first`)
  expect(two.asked.filter(({ url }) => url === '/last')).toHaveLength(3)
  expect(one.asked.filter(({ url }) => url === '/first')).toHaveLength(3)
})

it('reads services from an adapter in JavaScript', async () => {
  expect((await call(`${gateway.url}/services/c/`)).status).toBe(200)
  expect((await call(`${gateway.url}/services/unlisted/`)).status).toBe(404)
})

it('lets a middleware set response headers after next, and keeps the body as it came', async () => {
  const reply = await call(`${gateway.url}/services/c/marked`)
  expect(reply.headers['x-marked']).toBe('after, twice')
  expect(JSON.parse(reply.text).url).toBe('/marked')
  expect(reply.headers['content-type']).toBe('application/json')
})

it('lets a middleware set response headers on an answer of the gateway itself', async () => {
  const reply = await call(`${gateway.url}/services/unlisted/`)
  expect(reply.headers).toMatchObject({ 'x-marked': 'after, twice', 'x-portolan-error': 'GW_SERVICE_NOT_FOUND' })
})

for (const type of ['throws', 'garbage', 'nothing', 'late']) {
  it(`answers 500 to the one request whose strategy ${type === 'throws' ? 'throws' : `picks ${type}`}`, async () => {
    const id = ids()
    const reply = await call(`${gateway.url}/services/${type}/bad`, { headers: { 'x-request-id': id } })
    expect(reply).toMatchObject({ status: 500, headers: { 'x-portolan-error': 'GW_INTERNAL' } })
    expect(reply.text).not.toContain('no idea')
    expect((await call(`${gateway.url}/services/${type}/good`)).status).toBe(200)
    const told = await gateway.logged('the failure', (line) => line.requestId === id && line.level === 50)
    expect(told.err!.stack).toContain('Error')
  })
}
