import { expect, it } from 'vitest'
import { configOf, problemsIn } from './support.ts'

const FILE = `
balancing: random
upstream: { connectTimeout: 2s, connections: 8 }
retry: { attempts: 5 }
middleware: [request-id]
`

it('merges what a service sets over what the file sets', async () => {
  const { services } = await configOf(`${FILE}services: { a: { balancing: p2c, upstream: { responseTimeout: 5s } } }`)
  expect(services.get('a')).toEqual({
    balancing: { type: 'p2c', options: undefined },
    upstream: { ...(await configOf(FILE)).upstream, responseTimeoutMs: 5000 },
    retry: (await configOf(FILE)).retry,
    health: (await configOf()).health,
    limits: (await configOf()).limits,
    breaker: null,
    middleware: [],
  })
})

it('merges mapping by mapping, down to the last key', async () => {
  const { services, health, retry, limits } = await configOf(`
retry: { on: [], budget: { floor: 5 } }
health: { passive: { ejectFor: 10s }, panicBelow: 30% }
services:
  a:
    retry: { budget: { share: 10% } }
    health: { passive: { consecutiveFailures: 2 } }
    limits: { pending: 0 }
`)
  const a = services.get('a')!
  expect(a.retry).toEqual({ ...retry, budget: { share: 0.1, floor: 5 } })
  expect(a.health).toEqual({ ...health, passive: { ...health.passive, consecutiveFailures: 2 } })
  expect(a.limits).toEqual({ ...limits, pending: 0 })
})

it('switches off with null, and on with a mapping, which then has its defaults', async () => {
  const { services } = await configOf(`
breaker: { openFor: 1s }
services:
  off: { breaker: null, retry: { budget: null }, health: { passive: null } }
  on: { health: { active: { path: /up } }, retry: { hedge: {} }, limits: { adaptive: { least: 2 } } }
`)
  const [off, on] = [services.get('off')!, services.get('on')!]
  expect([off.breaker, off.retry.budget, off.health.passive]).toEqual([null, null, null])
  expect(on.breaker).toEqual({ failureRate: 0.5, windowMs: 10_000, minRequests: 20, openForMs: 1000 })
  expect(on.health.active).toEqual({
    type: 'http',
    path: '/up',
    expect: [[200, 399]],
    body: null,
    host: null,
    intervalMs: 5000,
    fastIntervalMs: 1000,
    jitter: 0.2,
    timeoutMs: 1000,
    rise: 2,
    fall: 3,
  })
  expect(on.retry.hedge).toEqual({ quantile: 0.95, leastMs: 10 })
  expect(on.limits.adaptive).toEqual({ least: 2, most: 1000 })
})

it('gives a service that sets nothing what the file has, but not its middleware twice', async () => {
  const config = await configOf(`${FILE}services: { a: {}, b: { middleware: [cors], retry: { attempts: 1 } } }`)
  expect(config.services.get('a')).toEqual({
    balancing: config.balancing,
    upstream: config.upstream,
    retry: config.retry,
    health: config.health,
    limits: config.limits,
    breaker: config.breaker,
    middleware: [],
  })
  expect(config.services.get('b')?.middleware).toEqual([{ type: 'cors', options: { origin: '*' } }])
  expect(config.services.get('b')?.retry.attempts).toBe(1)
})

it('holds no surprise in names that objects have', async () => {
  const { services } = await configOf('services: { __proto__: { retry: { attempts: 9 } }, constructor: {}, 1: {} }')
  expect([...services.keys()].sort()).toEqual(['1', '__proto__', 'constructor'])
  expect(services.get('__proto__')?.retry.attempts).toBe(9)
  expect(services.get('toString')).toBeUndefined()
  expect(({} as { retry?: unknown }).retry).toBeUndefined()
})

it.each([
  [
    'services: { a/b: {} }',
    '1:13  services["a/b"]: "a/b" is not a service name: letters, digits, ".", "_", ":", "-", at most 128',
  ],
  ['services: { a: }', '1:13  services.a: expected a mapping, got nothing'],
  ['services: []', '1:11  services: expected a mapping, got a list'],
  [
    'services: { a: { retries: 1 } }',
    '1:18  services.a.retries: unknown key "retries"; known: balancing, upstream, retry, health, limits, breaker, middleware',
  ],
  [
    'services: { a: { upstream: { connectTimeout: 0 } } }',
    '1:46  services.a.upstream.connectTimeout: must be more than 0',
  ],
  [
    'services: { a: { limits: { adaptive: { least: 20, most: 10 } } } }',
    '1:47  services.a.limits.adaptive.least: is more than most',
  ],
  [
    'services: { a.b: { balancing: none } }',
    '1:31  services["a.b"].balancing.type: unknown strategy "none"; known: p2c, peak-ewma, random, round-robin',
  ],
  [
    'services: { a: { middleware: [corss] } }',
    '1:31  services.a.middleware[0].type: unknown middleware "corss"; did you mean "cors"? known: cors, request-id',
  ],
])('refuses %j', async (text, problem) => {
  expect(await problemsIn(text)).toEqual([problem])
})
