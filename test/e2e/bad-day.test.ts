import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { call } from '../support/call.ts'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { type Behaviour, type Place, Provider } from '../support/provider.ts'
import { SteadyLoad } from '../support/steady-load.ts'
import { until } from '../support/until.ts'
import { scratchRoot, sharedZooKeeper } from '../support/zookeeper.ts'

/**
 * What the callers of a service see on a bad day of one of its five instances: through two workers with the defaults, by
 * path and by headers, with instances that register themselves in ZooKeeper.
 * @module
 */

const SERVICE = 'users'
const IDEMPOTENT = ['GET', 'GET', 'HEAD', 'PUT', 'GET', 'DELETE', 'OPTIONS']
const LOAD = { perSecond: 200, seconds: 20, methods: IDEMPOTENT }
/** Longer than the load: what is killed stays registered. */
const SESSION = '60s'
const BAD_DAY_MS = 90_000
/** Five in a row from each worker eject an instance; more may be under way by then. One that is not ejected has hundreds. */
const SOME = 100

interface BadDay {
  readonly gateway: GatewayProcess
  /** The one whose bad day it is. */
  readonly one: Provider
  readonly another: Provider
  readonly others: readonly Provider[]
  /** Whether the registry still names it. */
  registered(): Promise<boolean>
  load(options?: Partial<typeof LOAD>): SteadyLoad
}

async function badDay(behaviour: Behaviour, settings: object = {}): Promise<BadDay> {
  const { root, writer } = await scratchRoot()
  const registry = { type: 'zookeeper', options: { hosts: [sharedZooKeeper()], root, sessionTimeout: SESSION } }
  const place: Place = { registry, service: SERVICE }
  const starting = [behaviour, 'well', 'well', 'well', 'well'] as const
  const [one, ...others] = await Promise.all(starting.map((behaviour) => Provider.start(place, behaviour)))
  const gateway = await startGateway(stringify({ registry, server: { workers: 2 }, ...settings }))
  await knownToAll(gateway, 5)
  return {
    gateway,
    one: one!,
    another: others[0]!,
    others,
    registered: async () => (await writer.read(`${root}/${SERVICE}/${one!.id}`)) !== undefined,
    load: (options) => new SteadyLoad(gateway.url, SERVICE, { ...LOAD, ...options }),
  }
}

/** How many requests were sent to more than one instance. */
async function triedAgain(gateway: GatewayProcess): Promise<number> {
  const requests = LOAD.perSecond * LOAD.seconds
  await until('each request is logged', () => gateway.access.length >= requests)
  return gateway.access.filter(({ attempts }) => attempts! > 1).length
}

/** How often an instance was ejected, once the workers have told of it. */
const ejections = (gateway: GatewayProcess) => gateway.metric('portolan_ejections_total', `"${SERVICE}"`)
const ejected = (gateway: GatewayProcess) =>
  until('each worker has ejected it', async () => (await ejections(gateway)) >= 2)

async function knownToAll(gateway: GatewayProcess, count: number): Promise<void> {
  expect(await gateway.workers()).toHaveLength(2)
  await until(`${count} instances are known`, async () => {
    const { text } = await gateway.admin('/api/services')
    return JSON.parse(text).services[0]?.instances.length === count
  })
}

it('loses no request when an instance is killed and stays registered', { timeout: BAD_DAY_MS }, async () => {
  const { gateway, one, load, registered } = await badDay('well')
  const running = load()
  await running.reached(5)
  await one.kill()
  const answers = await running.finished()
  expect(await registered()).toBe(true)
  expect(answers.failed.length, answers.story).toBe(0)
  expect(answers.between(0, 5).share(one.id), answers.story).toBeGreaterThan(0.1)
  expect(answers.between(6).share(one.id), answers.story).toBe(0)
  expect(await triedAgain(gateway)).toBeLessThan(SOME)
  await ejected(gateway)
})

it('serves by the one that is left when four are killed and stay registered', { timeout: BAD_DAY_MS }, async () => {
  const { one, others, load } = await badDay('well')
  const running = load({ seconds: 10 })
  await running.reached(3)
  await Promise.all(others.map((other) => other.kill()))
  const answers = await running.finished()
  expect(answers.between(5).failed.length, answers.story).toBe(0)
  expect(answers.between(5).share(one.id), answers.story).toBe(1)
})

it('loses no request, of any method, when instances drain and are restarted', { timeout: BAD_DAY_MS }, async () => {
  const { gateway, one, another, load } = await badDay('well')
  const running = load({ methods: [...IDEMPOTENT, 'POST', 'PATCH'] })
  await running.reached(4)
  await one.restart()
  await running.reached(9)
  await drainByOperator(gateway, another, running)
  await another.kill()
  await another.startAgain()
  const answers = await running.finished()
  expect(answers.failed.length, answers.story).toBe(0)
  for (const { id } of [one, another]) expect(answers.between(18).share(id), answers.story).toBeGreaterThan(0.1)
  expect(await ejections(gateway)).toBe(0)
})

/** As long as it takes until nobody has been sent there for a while. */
async function drainByOperator(gateway: GatewayProcess, { id }: Provider, running: SteadyLoad): Promise<void> {
  const url = `${gateway.adminUrl}/api/services/${SERVICE}/instances/${encodeURIComponent(id)}/drain`
  expect(await call(url, { method: 'POST' })).toMatchObject({ status: 200 })
  const unasked = () => running.soFar.between(running.seconds - 0.5).share(id) === 0
  await until('the instance is asked no more', unasked)
}

it('soon asks an instance no more that answers 500 to everything', { timeout: BAD_DAY_MS }, async () => {
  const { gateway, one, load } = await badDay('failing')
  const answers = await load().finished()
  const fromOthers = answers.failed.filter(({ instance }) => instance !== one.id)
  expect(fromOthers.length, answers.story).toBe(0)
  expect(answers.between(1).share(one.id), answers.story).toBeLessThan(0.02)
  await ejected(gateway)
})

it('fails hardly any request for an instance that never answers', { timeout: BAD_DAY_MS }, async () => {
  const { gateway, load } = await badDay('silent', { upstream: { responseTimeout: '1s' } })
  const answers = await load().finished()
  expect(answers.failed.length, answers.story).toBeLessThanOrEqual(5)
  await ejected(gateway)
})

it('asks an instance less that is 20 times slower, and loses no request', { timeout: BAD_DAY_MS }, async () => {
  const { gateway, one, load } = await badDay('slowly')
  const answers = await load().finished()
  expect(answers.failed.length, answers.story).toBe(0)
  expect(answers.share(one.id), answers.story).toBeLessThan(0.12)
  expect(await ejections(gateway)).toBe(0)
})
