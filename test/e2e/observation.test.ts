import { beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { call, ids, keptAlive } from '../support/call.ts'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

let up: Upstream
let gateway: GatewayProcess

beforeAll(async () => {
  up = await startUpstream()
  gateway = await startGateway('server: { workers: 2 }', { services: { up: [up.address], empty: [] } })
})

const ask = (path: string, headers: Record<string, string> = {}) => call(`${gateway.url}/services/${path}`, { headers })

/** One connection to each of two workers: the primary deals them out in turn. */
async function bothWorkers() {
  const agents = [keptAlive(), keptAlive()]
  const askEach = (path: string) => Promise.all(agents.map((agent) => call(gateway.url + path, { agent })))
  await askEach('/services/up/')
  return { askEach, end: () => agents.map((agent) => agent.destroy()) }
}

it('tells all workers what changes in the registry', async () => {
  const { askEach, end } = await bothWorkers()
  await gateway.write('services.yaml', stringify({ services: { up: [up.address], empty: [], more: [up.address] } }))
  await until('both know the new service', async () =>
    (await askEach('/services/more/')).every(({ status }) => status === 200),
  )
  await gateway.write('services.yaml', stringify({ services: { up: [up.address], empty: [] } }))
  await until('both have forgotten it', async () =>
    (await askEach('/services/more/')).every(({ status }) => status === 404),
  )
  end()
})

it('sums the metrics of all workers', async () => {
  const counted = () => gateway.metric('portolan_requests_total', `instance="${up.address}",status="200"`)
  const { askEach, end } = await bothWorkers()
  const expected = up.asked.length
  await until('all are counted', async () => (await counted()) >= expected)
  for (let i = 0; i < 10; i++) await askEach('/services/up/')
  await until('the new ones are counted', async () => (await counted()) >= expected + 20)
  expect(await counted()).toBe(up.asked.length)
  expect(await gateway.metric('portolan_upstream_latency_seconds_count')).toBe(up.asked.length)
  expect(await gateway.metric('portolan_workers')).toBe(2)
  expect(await gateway.metric('portolan_registry_state', 'state="live"')).toBe(1)
  end()
})

it('counts what it answers by itself, and makes no label of a name that a caller made up', async () => {
  for (let i = 0; i < 3; i++) await ask(`made-up-${i}/`)
  await ask('empty/')
  const count = (code: string) => gateway.metric('portolan_problems_total', `code="${code}"`)
  await until(
    'both are counted',
    async () => (await count('GW_NO_ENDPOINT')) === 1 && (await count('GW_SERVICE_NOT_FOUND')) >= 3,
  )
  const { text } = await gateway.admin('/metrics')
  expect(text).not.toContain('made-up')
  expect(await gateway.metric('portolan_requests_total', 'service="empty",instance="",status="503"')).toBe(1)
})

it('logs a request in one line that says all about it', async () => {
  const id = ids()
  const reply = await ask('up/a%20path?q=1', { 'x-request-id': id })
  const line = await gateway.accessOf(id)
  expect(line).toEqual({
    level: 30,
    time: expect.any(Number),
    type: 'access',
    requestId: id,
    client: '127.0.0.1',
    method: 'GET',
    target: '/services/up/a%20path?q=1',
    httpVersion: '1.1',
    service: 'up',
    instance: up.address,
    attempts: 1,
    status: 200,
    bytes: expect.any(Number),
    durationMs: expect.any(Number),
    upstreamMs: expect.any(Number),
    end: 'complete',
  })
  expect(line.bytes).toBeGreaterThan(reply.body.length)
  expect(line.durationMs).toBeGreaterThanOrEqual(line.upstreamMs!)
})

it('logs a request that came to nothing with the reason', async () => {
  const id = ids()
  await ask('empty/', { 'x-request-id': id })
  const line = await gateway.accessOf(id)
  expect(line).toMatchObject({ status: 503, code: 'GW_NO_ENDPOINT', service: 'empty', end: 'complete' })
  expect(line).not.toHaveProperty('instance')
})

it('keeps a log line whole whatever the caller writes', async () => {
  const id = ids()
  await call(`${gateway.url}/services/up/"},{"level":60,"x":"`, { headers: { 'x-request-id': id } })
  const line = await gateway.accessOf(id)
  expect(line.target).toBe('/services/up/"},{"level":60,"x":"')
  expect(gateway.logs.filter(({ text }) => text !== undefined)).toEqual([])
})

it('hides all of the admin port but the health behind a token', async () => {
  const guarded = await startGateway('admin: { token: secret }', { services: {}, ready: false })
  await guarded.ready()
  expect((await guarded.admin('/healthz')).status).toBe(200)
  expect((await guarded.admin('/metrics')).status).toBe(401)
  const headers = { authorization: 'Bearer secret' }
  expect((await call(`${guarded.adminUrl}/metrics`, { headers })).status).toBe(200)
})
