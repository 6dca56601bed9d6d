import { expect, it } from 'vitest'
import { Services } from '../../src/proxy/index.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'
import { instanceAt, serviceRig } from './service-rig.ts'

const BREAKER = `retry: { attempts: 1 }
breaker: { failureRate: 50%, window: 10s, minRequests: 4, openFor: 5s }
health: { passive: null }`

async function breaking() {
  let aheadMs = 0
  let status = 500
  const instance = await startUpstream((_, response) => response.writeHead(status).end(String(status)))
  const rig = await serviceRig(BREAKER, [instance.address], { means: { now: () => performance.now() + aheadMs } })
  return {
    ...rig,
    instance,
    advance(ms: number) {
      aheadMs += ms
    },
    answerWith(next: number) {
      status = next
    },
  }
}

it('is asked no more once too many of its answers are failures, then once, and then again by all', async () => {
  const { answer, instance, events, advance, answerWith, service, services, pool } = await breaking()
  expect(services.breakerOf(pool)).toBe('closed')
  for (let i = 0; i < 4; i++) expect(await answer()).toBe('500 500')
  expect(await answer()).toBe('GW_CIRCUIT_OPEN')
  expect([instance.asked.length, events]).toEqual([4, ['refused:breaker']])
  expect(services.breakerOf(pool)).toBe('open')
  advance(5000)
  expect(service.standing().breaker).toBe('half-open')
  const [probe, other] = [answer(), answer()]
  expect(await Promise.all([probe, other])).toEqual(['500 500', 'GW_CIRCUIT_OPEN'])
  advance(5000)
  answerWith(200)
  for (let i = 0; i < 3; i++) expect(await answer()).toBe('200 200')
  expect(service.standing().breaker).toBe('closed')
})

it('is not held to have failed by what its callers do wrong, or by their going away', async () => {
  const { answer, ask, service, answerWith } = await breaking()
  answerWith(404)
  for (let i = 0; i < 6; i++) expect(await answer()).toBe('404 404')
  for (let i = 0; i < 6; i++) {
    const { exchange, response } = ask()
    exchange.closeByClient()
    await expect(response).rejects.toMatchObject({ code: 'GW_CLIENT_CLOSED' })
  }
  expect(service.standing().breaker).toBe('closed')
})

it('is judged by what the caller finally gets', async () => {
  const yaml = `retry: { on: [500], backoff: { base: 1ms, most: 1ms } }
breaker: { failureRate: 50%, window: 10s, minRequests: 2, openFor: 5s }
health: { passive: null }`
  const [bad, good] = [
    await startUpstream((_, r) => r.writeHead(500).end()),
    await startUpstream((_, r) => r.end('up')),
  ]
  const { answer, service } = await serviceRig(yaml, [bad.address, good.address])
  for (let i = 0; i < 5; i++) expect(await answer()).toBe('200 up')
  expect(service.standing().breaker).toBe('closed')
})

it('tells how it stands: once after its last use, and for as long as something is under way or wrong', async () => {
  const instance = await startUpstream((_, response) => response.end('up'))
  const { answer, ask, services, pool } = await serviceRig('limits: { inFlight: 7 }', [instance.address, '127.0.0.1:1'])
  expect(services.standings()).toEqual([expect.objectContaining({ service: 's' })])
  expect(services.standings()).toEqual([])
  services.of(pool)
  for (let i = 0; i < 3; i++) await answer()
  expect(services.standings()).toEqual([
    {
      service: 's',
      inFlight: 0,
      tunnels: 0,
      pending: 0,
      panic: false,
      budgetLeft: expect.any(Number),
      breaker: null,
      limit: 7,
      endpoints: [
        { id: instance.address, picks: 3, inFlight: 0, latencyMs: expect.any(Number) },
        { id: '127.0.0.1:1', picks: 0, inFlight: 0, latencyMs: 0 },
      ],
    },
  ])
  expect(services.standings()).toMatchObject([{ endpoints: [{ picks: 0 }, { picks: 0 }] }])
  expect(services.standings()).toEqual([])
  services.of(pool)
  const { response } = ask()
  await until('it is under way', () => pool.inFlight === 1)
  expect(services.standings()).toMatchObject([{ inFlight: 1 }])
  await (await response).text()
  pool.eject([...pool.endpoints][1]!, performance.now() + 60_000)
  for (let i = 0; i < 3; i++)
    expect(services.standings().map(({ endpoints }) => endpoints[1])).toMatchObject([
      { why: 'ejected', ejectedForMs: expect.any(Number) },
    ])
})

it('tells that an instance that was let go is registered again, though nobody asks for the service', async () => {
  const { services, pool } = await serviceRig('', ['127.0.0.1:1', '127.0.0.1:2'])
  const registered = ['127.0.0.1:1', '127.0.0.1:2'].map(instanceAt)
  const whys = () => services.standings().map(({ endpoints }) => endpoints.map(({ why }) => why))
  pool.update(registered, ['127.0.0.1:2'])
  pool.letGo([...pool.endpoints][1]!)
  for (let i = 0; i < 3; i++) expect(whys()).toEqual([[undefined, 'let go']])
  pool.update(registered)
  expect(whys()).toEqual([[undefined, undefined]])
  expect(whys()).toEqual([])
})

it('is not told of for ever when the registry has dropped it, however it stood then', async () => {
  const { answer, pool, services } = await breaking()
  for (let i = 0; i < 4; i++) await answer()
  expect(services.standings()).toMatchObject([{ breaker: 'open' }])
  pool.update([])
  services.standings()
  expect(services.standings()).toEqual([])
})

it('takes its part of what the gateway may do in each of several workers', async () => {
  const { service, pool } = await serviceRig('limits: { inFlight: 5 }\nretry: { budget: { floor: 10 } }', [
    '127.0.0.1:1',
  ])
  const limits = (workers: number) => {
    const { limit, budgetLeft } = new Services(service.means, () => service.settings, workers).of(pool).standing()
    return { limit, budgetLeft }
  }
  expect([0, 1, 2, 4].map(limits).map(({ limit }) => limit)).toEqual([5, 5, 3, 2])
  const [one, two] = [limits(1), limits(2)]
  expect(two.budgetLeft).toBeLessThan(one.budgetLeft!)
})

it('sends the cookies of its strategy with the answer: the last of each name, of the pick that answers', async () => {
  const [bad, good] = [
    await startUpstream((_, r) => r.writeHead(503).end()),
    await startUpstream((_, r) => r.setHeader('set-cookie', 'own=1').end('up')),
  ]
  let picks = 0
  const strategy = {
    pick<T>(endpoints: readonly T[], context: { setCookie(name: string, value: string): void }): T {
      context.setCookie('to', `to=${++picks}`)
      if (picks === 1) context.setCookie('first', 'first=yes')
      return endpoints[0]!
    },
  }
  const yaml = 'retry: { on: [503], backoff: { base: 1ms, most: 1ms } }'
  const { ask, answer, pool } = await serviceRig(yaml, [bad.address, good.address], { strategy })
  const response = await ask().response
  expect(response.headers.getSetCookie()).toEqual(['own=1', 'to=2', 'first=yes'])
  await response.text()
  pool.update([instanceAt('127.0.0.1:1')])
  expect(await answer()).toBe('GW_UPSTREAM_UNREACHABLE')
})
