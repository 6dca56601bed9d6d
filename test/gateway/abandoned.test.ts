import { expect, it, onTestFinished } from 'vitest'
import { createGateway } from '../../src/embed.ts'
import { defineAdapter, defineMiddleware, defineStrategy } from '../../src/plugin/index.ts'
import { scripted, view } from '../contract/index.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'

it('asks nobody any more for a request that a middleware has answered meanwhile', async () => {
  const refuses = await startUpstream(
    (_, response) => void response.writeHead(503, { 'content-length': 9 }).write('lat'),
  )
  const other = await startUpstream()
  const hasty = defineMiddleware({
    name: 'hasty',
    create: () => async (c, next) => {
      void next()
      await until('the first one has answered', () => c.env.exchange.upstreamMs !== undefined)
      return c.text('early')
    },
  })
  const inOrder = defineStrategy({ name: 'in-order', create: () => ({ pick: (endpoints) => endpoints[0]! }) })
  const instances = scripted(view({ a: [refuses.address, other.address] }))
  const gateway = await createGateway(
    {
      registry: 'scripted',
      server: { host: '127.0.0.1', port: 0 },
      balancing: 'in-order',
      retry: { on: [503], backoff: { base: '1m', most: '1m' } },
      services: { a: { middleware: ['hasty'] } },
    },
    { plugins: [hasty, inOrder, defineAdapter({ name: 'scripted', create: () => instances })] },
  )
  onTestFinished(() => gateway.close())
  await gateway.start()
  const { port } = await gateway.listen()
  const answer = await fetch(`http://127.0.0.1:${port}/services/a/`)
  expect(await answer.text()).toBe('early')
  await until('the first one is let go of', () => refuses.sockets.size === 0)
  await fetch(`http://${other.address}/by-the-test`)
  expect(other.asked.map(({ url }) => url)).toEqual(['/by-the-test'])
})

it('tells a middleware that reads an answer when the client has gone', async () => {
  const endless = await startUpstream((_, response) => void response.writeHead(200).write('begins'))
  const told: unknown[] = []
  let reading = false
  const reader = defineMiddleware({
    name: 'reader',
    create: () => async (c, next) => {
      await next()
      reading = true
      await c.res.text().catch((error) => told.push(error.code))
    },
  })
  const instances = scripted(view({ a: [endless.address] }))
  const gateway = await createGateway(
    { registry: 'scripted', server: { host: '127.0.0.1', port: 0 }, services: { a: { middleware: ['reader'] } } },
    { plugins: [reader, defineAdapter({ name: 'scripted', create: () => instances })] },
  )
  onTestFinished(() => gateway.close())
  await gateway.start()
  const { port } = await gateway.listen()
  const leaving = new AbortController()
  const gone = fetch(`http://127.0.0.1:${port}/services/a/`, { signal: leaving.signal }).catch(() => undefined)
  await until('its answer is read', () => reading)
  leaving.abort()
  await gone
  await until('the middleware is told', () => told.length > 0)
  expect(told).toEqual(['GW_CLIENT_CLOSED'])
})
