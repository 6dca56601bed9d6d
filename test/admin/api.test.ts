import { describe, expect, it } from 'vitest'
import { fail, view } from '../contract/index.ts'
import { asked } from './asked.ts'

const [A, B, C] = ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80']

describe('/api/services', () => {
  it('says of each service where it is from, how that is, and what each instance is', async () => {
    const { get } = await asked([view({ b: [], a: [A] })])
    const { services } = await get('/api/services')
    expect(services.map(({ name }: { name: string }) => name)).toEqual(['a', 'b'])
    expect(services[0]).toMatchObject({
      source: ['one'],
      state: 'live',
      ageMs: 0,
      changedAt: expect.stringMatching(/Z$/),
    })
    expect(services[0].instances).toMatchObject([{ id: A, host: '10.0.0.1', port: 80, status: 'up', fit: true }])
    expect(services[1].instances).toEqual([])
  })

  it('is valid JSON of any length', async () => {
    for (const length of [0, 1, 50, 51, 100, 251]) {
      const names = Array.from({ length }, (_, at) => `service-${String(at).padStart(3, '0')}`)
      const { get } = await asked([view(Object.fromEntries(names.map((name) => [name, [A]])))])
      const { services } = await get('/api/services')
      expect(services.map(({ name }: { name: string }) => name)).toEqual(names)
    }
  })

  it('answers for one service, and 404 for one that no registry knows', async () => {
    const { app, get } = await asked([view({ a: [A] })])
    expect(await get('/api/services/a')).toMatchObject({ name: 'a', instances: [{ id: A }] })
    const unknown = await app.request('/api/services/b')
    expect([unknown.status, await unknown.json()]).toEqual([404, { error: 'no registry knows the service "b"' }])
  })

  it('says of an instance that is kept why and for how long', async () => {
    const { get, context } = await asked([view({ a: [A] }), view({ a: [] })])
    context.advance(300)
    const { instances } = await get('/api/services/a')
    const held = { reason: 'last-instance', forMs: 300 }
    expect(instances).toMatchObject([{ id: A, fit: true, why: 'kept: last-instance', held }])
  })

  it('shows an instance that is not served because it failed while the registry was away', async () => {
    const { get, registry } = await asked([view({ a: [A, B] }), fail('lost')])
    registry.unreachable('a', A)
    expect((await get('/api/services/a')).instances).toMatchObject([
      { id: B, fit: true },
      { id: A, fit: false, why: 'cannot be connected to' },
    ])
  })
})

describe('/api/registry', () => {
  it('says how each registry is, what is held, and what was left out and why', async () => {
    const leftOut = [{ place: '/services/a/x', reason: 'no port' }]
    const { get } = await asked([view({ a: [A, B, C], b: [A] }), view({ a: [], b: [A] })], { leftOut })
    const report = await get('/api/registry')
    expect(report).toMatchObject({ state: 'live', ageMs: 0, version: 2, services: 2, instances: 4 })
    expect(report.sources).toEqual([
      { name: 'one', type: 'any', state: 'live', ageMs: 0, version: 2, held: 3, leftOut: 1 },
    ])
    expect(report.held).toEqual(
      [A, B, C].map((id) => ({ registry: 'one', service: 'a', id, reason: 'mass-removal', forMs: 0 })),
    )
    expect(report.leftOut).toEqual([{ registry: 'one', place: '/services/a/x', reason: 'no port' }])
  })

  it('lets go of what is held when it is told to, of one service or of all', async () => {
    const { get, post, registry } = await asked([view({ a: [A], b: [B], c: [C] }), view({ a: [], b: [], c: [] })])
    expect(await (await post('/api/registry/accept?service=b')).json()).toEqual({ changed: 1 })
    expect(registry.table.get('b')?.instances).toEqual([])
    expect((await get('/api/registry')).held.map(({ id }: { id: string }) => id)).toEqual([A, C])
    expect(await (await post('/api/registry/accept')).json()).toEqual({ changed: 2 })
    expect((await get('/api/registry')).held).toEqual([])
  })

  it('accepts nothing for a service that nobody knows, and nothing from a page of another origin', async () => {
    const { post, registry } = await asked([view({ a: [A] }), view({ a: [] })])
    expect((await post('/api/registry/accept?service=x')).status).toBe(404)
    expect((await post('/api/registry/accept', { origin: 'http://evil.example', host: 'gateway' })).status).toBe(403)
    expect(registry.table.get('a')?.held).toEqual([A])
    expect((await post('/api/registry/accept', { origin: 'http://gateway', host: 'gateway' })).status).toBe(200)
  })
})

it('wants the token for all but the health endpoints', async () => {
  const { app } = await asked([view({ a: [A] })], { token: 'secret-secret-secret' })
  const statusOf = async (path: string, init = {}) => (await app.request(path, init)).status
  const authorised = { headers: { authorization: 'Bearer secret-secret-secret' } }
  for (const path of ['/metrics', '/api/registry', '/api/services', '/api/services/a']) {
    expect([path, await statusOf(path), await statusOf(path, authorised)]).toEqual([path, 401, 200])
  }
  expect(await statusOf('/api/registry/accept', { method: 'POST' })).toBe(401)
  expect(await statusOf('/readyz')).toBe(200)
})

it('counts what is held and what is left out in metrics, by registry', async () => {
  const leftOut = [{ place: '/services/a/x', reason: 'no port' }]
  const { metrics } = await asked([view({ a: [A] }), view({ a: [] }), fail('lost')], { leftOut })
  const text = await metrics.render()
  expect(text).toContain('portolan_registry_held{registry="one"} 1')
  expect(text).toContain('portolan_registry_left_out{registry="one"} 1')
  expect(text).toContain('portolan_registry_state{registry="one",state="stale"} 1')
  expect(text).toContain('portolan_registry_state{registry="one",state="live"} 0')
})
