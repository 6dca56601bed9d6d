import type { ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { call, head, type Reply } from '../support/call.ts'
import { startGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'

function expectProblem({ status, headers, text }: Reply, code: string, words: RegExp): void {
  expect(status).toBe(503)
  expect(headers).toMatchObject({ 'x-portolan-error': code, 'retry-after': '1' })
  expect(JSON.parse(text)).toMatchObject({ code, detail: expect.stringMatching(words) })
}

it('holds a service to its limit, lets a few wait, and refuses the others', async () => {
  const held: ServerResponse[] = []
  const up = await startUpstream((_, response) => void held.push(response))
  const gateway = await startGateway('services: { up: { limits: { inFlight: 2, pending: 1, pendingTimeout: 5s } } }', {
    services: { up: [up.address] },
  })
  const url = `${gateway.url}/services/up/`
  const running = [call(url), call(url)]
  await until('two are under way', () => held.length === 2)
  const waiting = call(url)
  await until('one waits', async () => (await gateway.metric('portolan_pending', 'service="up"')) === 1)
  expectProblem(await call(url), 'GW_OVERLOADED', /limits\.inFlight.*limits\.pending/)
  expect(held).toHaveLength(2)
  for (const response of held) response.end('up')
  await until('the one that waited is asked', () => held.length === 3)
  held[2]!.end('up')
  for (const reply of await Promise.all([...running, waiting])) expect(reply.text).toBe('up')
  await until('all of it is told', async () => (await gateway.metric('portolan_refused_total', 'service="up"')) === 1)
})

it('forgets a client that goes away while it waits', async () => {
  const held: ServerResponse[] = []
  const up = await startUpstream((_, response) => void held.push(response))
  const gateway = await startGateway('limits: { inFlight: 1, pending: 1, pendingTimeout: 30s }', {
    services: { up: [up.address] },
  })
  const url = `${gateway.url}/services/up/`
  const first = call(url)
  await until('it is under way', () => held.length === 1)
  const leaving = new AbortController()
  const gone = fetch(url, { signal: leaving.signal }).catch((error: Error) => error.name)
  await until('one waits', async () => (await gateway.metric('portolan_pending', 'service="up"')) === 1)
  leaving.abort()
  expect(await gone).toBe('AbortError')
  await gateway.logged('that it went', ({ code }) => code === 'GW_CLIENT_CLOSED')
  const next = call(url)
  held[0]!.end('1')
  await until('the next one is asked', () => held.length === 2)
  held[1]!.end('2')
  expect([(await first).text, (await next).text]).toEqual(['1', '2'])
})

it('asks a service no more that has failed too often, and asks again after a while', async () => {
  let status = 500
  const up = await startUpstream((_, response) => response.writeHead(status).end('up'))
  const breaker = '{ failureRate: 50%, window: 10s, minRequests: 5, openFor: 1s }'
  const gateway = await startGateway(`services: { up: { breaker: ${breaker} } }`, { services: { up: [up.address] } })
  const url = `${gateway.url}/services/up/`
  for (let i = 0; i < 5; i++) expect((await call(url)).status).toBe(500)
  expectProblem(await call(url), 'GW_CIRCUIT_OPEN', /has failed too often/)
  expect(up.asked).toHaveLength(5)
  status = 200
  await until('it is asked again', async () => (await call(url)).status === 200)
  for (let i = 0; i < 5; i++) expect((await call(url)).status).toBe(200)
})

it('gives places back in every way that a request can end', async () => {
  const up = await startUpstream((request, response) => {
    if (request.url === '/reset') request.socket.resetAndDestroy()
    else if (request.url === '/break') response.writeHead(200, { 'content-length': '9' }).write('half')
    else if (request.url !== '/silent') response.end('up')
    if (request.url === '/break') setTimeout(() => request.socket.destroy(), 20)
  })
  const yaml = 'upstream: { responseTimeout: 200ms }\nlimits: { inFlight: 1, pending: 0 }\nhealth: { passive: null }'
  const gateway = await startGateway(yaml, { services: { up: [up.address] } })
  const url = `${gateway.url}/services/up`
  const free = () => until('its place is free', async () => (await call(`${url}/`)).status === 200)
  expect((await call(`${url}/reset`)).status).toBe(502)
  await free()
  expect((await call(`${url}/silent`)).status).toBe(504)
  await free()
  await expect(call(`${url}/break`)).rejects.toThrow()
  await free()
  for (const path of ['/silent', '/break']) {
    const leaving = new AbortController()
    const asked = up.asked.length
    const gone = fetch(url + path, { signal: leaving.signal }).catch(() => undefined)
    await until('it is asked', () => up.asked.length > asked)
    leaving.abort()
    await gone
    await free()
  }
  const abandoned = await head(`${url}/break`)
  abandoned.destroy()
  await free()
  const upgrade = { connection: 'upgrade', upgrade: 'websocket' }
  expect((await call(`${url}/`, { headers: upgrade })).status).toBe(200)
  await free()
})
