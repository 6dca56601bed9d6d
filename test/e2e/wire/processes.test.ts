import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type GatewayProcess, type LogLine, launchGateway, startGateway } from '../../support/gateway.ts'
import { Load } from '../../support/load.ts'
import { until } from '../../support/until.ts'
import { get, openClient, startInstance } from './rig/own.ts'
import { loadOn } from './rig/registry.ts'
import { ok } from './rig/say.ts'
import type { UpstreamRequest } from './rig/upstream.ts'

// Rule 123 also speaks of a reload without loss: the configuration is read at the start only, so there is none to test.

const DIED = 'a worker died and is replaced'
const isDraining = ({ msg }: LogLine) => msg === 'draining'
const total = (gateway: GatewayProcess) => gateway.metric('portolan_requests_total')

async function serving(server: object = { workers: 2 }) {
  const instance = await startInstance()
  const gateway = await startGateway(stringify({ server }), { services: { s: [instance.address] } })
  return { instance, gateway }
}

it('123: a worker that is killed under load is replaced, and only its own connections notice', async () => {
  const { gateway } = await serving()
  const load = new Load(`${gateway.url}/services/s/`, { kept: 4, fresh: 4 })
  await until('both workers serve', () => load.answered > 200)
  await until('200 requests are counted', async () => (await total(gateway)) >= 200)
  const countedBefore = await total(gateway)
  // One that dies in its first second is taken to have died of its start, and replaced later.
  const { time } = gateway.line('the gateway listens')!
  await until('the workers are older than a second', () => Date.now() - time! > 1000)
  const [victim, survivor] = await gateway.workers()
  process.kill(victim!, 'SIGKILL')
  const told = await gateway.logged('the death', ({ msg }) => msg === DIED)
  expect(told).toMatchObject({ worker: victim, how: 'SIGKILL', delayMs: 0 })
  await until('a new worker serves', async () => (await gateway.metric('portolan_workers')) === 2)
  const before = load.answered
  await until('the load goes on', () => load.answered > before + 200)
  const { errors } = await load.stop()

  expect(load.wrong).toEqual([])
  // Eight clients, each with at most one request on its way: more cannot have been lost.
  expect(errors.length).toBeLessThanOrEqual(8)
  expect(errors.filter((code) => code === 'ECONNREFUSED')).toEqual([])
  expect(await gateway.metric('portolan_worker_restarts_total')).toBe(1)
  expect(await gateway.workers()).toContain(survivor)
  expect(await gateway.workers()).not.toContain(victim)
  expect(await total(gateway)).toBeGreaterThanOrEqual(countedBefore)
  expect((await gateway.admin('/readyz')).status).toBe(200)
})

it('123: a worker that dies at its start is waited for longer each time', async () => {
  const plugin = `
    import cluster from 'node:cluster'
    if (cluster.isWorker) process.exit(3)
    export default { kind: 'strategy', name: 'deadly', create: () => ({ pick: (endpoints) => endpoints[0] }) }`
  const gateway = await launchGateway('{ plugins: [./deadly.mjs], server: { workers: 1 } }', {
    services: {},
    files: { 'deadly.mjs': plugin },
  })
  const deaths = () => gateway.logs.filter(({ msg }) => msg === DIED)
  await until('it has died four times', () => deaths().length >= 4)
  const waits = deaths().map(({ delayMs }) => delayMs)
  expect(waits.slice(0, 4)).toEqual([100, 200, 400, 800])
  expect(deaths()[0]).toMatchObject({ how: 'exit code 3' })
  expect(await gateway.stop()).toEqual({ code: 0, signal: null })
})

describe.each([0, 2])('with workers: %i', (workers) => {
  it('123: after SIGTERM what is under way is answered with Connection: close, and an idle connection just ends', async () => {
    const { gateway, instance } = await serving({ workers, drain: { acceptGrace: '2s' } })
    const idle = await openClient(gateway)
    expect((await idle.send(get('s')).answer()).field('connection')).not.toBe('close')
    const held: UpstreamRequest[] = []
    instance.respond((asked) => void held.push(asked))
    const asking = (await openClient(gateway)).send(get('s'))
    await until('it is under way', () => held.length === 1)
    const exit = gateway.stop()
    await gateway.logged('the drain', isDraining)
    const late = (await openClient(gateway)).send(get('s'))
    await until('the door is still open', () => held.length === 2)
    for (const asked of held) asked.write(ok('at last'))
    for (const client of [asking, late]) {
      const { status, body, field } = await client.answer()
      expect([status, body, field('connection')]).toEqual([200, 'at last', 'close'])
      await client.closed()
      expect(client.unread).toBe('')
    }
    expect(await idle.closed()).toBe('end')
    expect(idle.unread).toBe('')
    expect(await exit).toEqual({ code: 0, signal: null })
  })

  it('123: a drain under load refuses nothing and loses nothing, until all clients have gone elsewhere', async () => {
    const { gateway } = await serving({ workers })
    const load = new Load(`${gateway.url}/services/s/`, { kept: 6 })
    await until('the load runs', () => load.answered >= 500)
    const exit = gateway.stop()
    await until('readiness ends', async () => (await gateway.admin('/readyz')).status === 503)
    const { status, field } = await (await openClient(gateway)).send(get('s')).answer()
    expect([status, field('connection')]).toEqual([200, 'close'])
    await load.gone()
    expect([...load.tally.errors, ...load.wrong]).toEqual([])
    expect(await exit).toEqual({ code: 0, signal: null })
    expect(gateway.line('drained')).toBeDefined()
    expect(gateway.access).toHaveLength(load.answered + 1)
  })
})

it('124: while one worker stands still the other takes new connections, and loses nothing', async () => {
  const { gateway } = await serving()
  const [stuck] = await gateway.workers()
  process.kill(stuck!, 'SIGSTOP')
  const clients = await Promise.all(Array.from({ length: 20 }, () => openClient(gateway)))
  for (const client of clients) client.send(get('s'))
  const answered = () => clients.filter(({ unread }) => unread.startsWith('HTTP/1.1 200 '))
  // One connection may be on its way to the worker that stands still: no other is given to it until it has taken that.
  await until('all but one are answered', () => answered().length >= clients.length - 1)
  process.kill(stuck!, 'SIGCONT')
  await until('that one as well', () => answered().length === clients.length)
  expect(await gateway.workers()).toContain(stuck)
})

it('124: workers serve on while the first process stands still: it has no part in a request', async () => {
  const { gateway } = await serving()
  const clients = await Promise.all(Array.from({ length: 4 }, () => openClient(gateway)))
  const asks = () => Promise.all(clients.map((client) => client.send(get('s')).answer()))
  await asks()
  gateway.signal('SIGSTOP')
  for (let round = 0; round < 50; round++) for (const { status } of await asks()) expect(status).toBe(200)
  gateway.signal('SIGCONT')
  const load = loadOn(gateway)
  await until('the load runs', () => load.answered > 100)
  const { errors } = await load.stop()
  expect([...errors, ...load.wrong]).toEqual([])
})
