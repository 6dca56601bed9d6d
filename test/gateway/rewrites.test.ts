import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { MiddlewareHandler } from 'hono'
import { expect, it, onTestFinished } from 'vitest'
import { createGateway } from '../../src/embed.ts'
import { defineAdapter, defineMiddleware } from '../../src/plugin/index.ts'
import { scripted, view } from '../contract/index.ts'

const replaces: MiddlewareHandler = async (c, next) => {
  c.req.raw = new Request(c.req.raw, { method: 'PUT', body: 'another body', headers: { 'x-own': 'yes' } })
  await next()
}
const reads: MiddlewareHandler = async (c, next) => {
  await c.req.text()
  await next()
}
const passes: MiddlewareHandler = (_c, next) => next()

/** What the instance gets of `POST body`, with these middleware for all services and for this one. */
async function received(all: MiddlewareHandler[], own: MiddlewareHandler[]): Promise<string> {
  const instance = createServer(async (request, response) => {
    response.end(`${request.method} ${request.headers['x-own'] ?? 'no'} ${await text(request)}`)
  }).listen(0, '127.0.0.1')
  await new Promise((listening) => instance.once('listening', listening))
  const handlers = [...all, ...own]
  const plugins = handlers.map((handler, i) => defineMiddleware({ name: `own-${i}`, create: () => handler }))
  const address = `127.0.0.1:${(instance.address() as AddressInfo).port}`
  const adapter = defineAdapter({ name: 'scripted', create: () => scripted(view({ a: [address] })) })
  const names = plugins.map(({ name }) => name)
  const gateway = await createGateway(
    {
      registry: 'scripted',
      middleware: names.slice(0, all.length),
      services: { a: { middleware: names.slice(all.length) } },
    },
    { plugins: [...plugins, adapter] },
  )
  onTestFinished(async () => {
    await gateway.close()
    instance.close()
  })
  await gateway.start()
  const request = new Request('http://gateway/services/a/', {
    method: 'POST',
    body: 'a body',
    headers: { 'content-length': '6' },
  })
  return (await gateway.fetch(request)).text()
}

it.each([
  ['nobody touches', [], [], 'POST no a body'],
  ['a middleware of all services has read', [reads], [], 'POST no a body'],
  ['a middleware of its service has read', [], [reads], 'POST no a body'],
  ['a middleware of all services has replaced', [replaces], [], 'PUT yes another body'],
  ['a middleware of its service has replaced', [], [replaces], 'PUT yes another body'],
  ['one has replaced before another one ran', [replaces], [passes], 'PUT yes another body'],
])('forwards a request that %s', async (_, all, own, expected) => {
  expect(await received(all, own)).toBe(expected)
})
