import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { call, ids } from '../support/call.ts'
import { type GatewayProcess, launchGateway, startGateway } from '../support/gateway.ts'
import { Load } from '../support/load.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'

const DIED = 'a worker died and is replaced'

async function serving(server: object = { workers: 2 }, more: object = {}) {
  const up = await startUpstream((_, response) => void response.end('up'))
  const gateway = await startGateway(stringify({ server, ...more }), { services: { up: [up.address] } })
  return { up, gateway, url: `${gateway.url}/services/up/` }
}

const total = (gateway: GatewayProcess) => gateway.metric('portolan_requests_total')

/** All that was asked so far has been counted. */
const counted = (gateway: GatewayProcess, least: number) =>
  until(`${least} requests are counted`, async () => (await total(gateway)) >= least)

it('replaces a worker that is killed under load, and only its own connections notice', async () => {
  const { gateway, url } = await serving()
  const load = new Load(url, { kept: 4, fresh: 4 })
  await until('both workers serve', () => load.answered > 200)
  await counted(gateway, 200)
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

it('waits longer each time for a worker that dies at its start', async () => {
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
  expect(
    deaths()
      .map(({ delayMs }) => delayMs)
      .slice(0, 4),
  ).toEqual([100, 200, 400, 800])
  expect(deaths()[0]).toMatchObject({ how: 'exit code 3' })
  expect(await gateway.stop()).toEqual({ code: 0, signal: null })
})

it('lets a worker die and come back while the others serve, whatever kills its starts', async () => {
  const plugin = `
    import cluster from 'node:cluster'
    import { existsSync } from 'node:fs'
    if (cluster.isWorker && existsSync(new URL('./poison', import.meta.url))) process.exit(3)
    export default { kind: 'strategy', name: 'deadly', create: () => ({ pick: (endpoints) => endpoints[0] }) }`
  const up = await startUpstream()
  const gateway = await startGateway('{ plugins: [./deadly.mjs], server: { workers: 2 } }', {
    services: { up: [up.address] },
    files: { 'deadly.mjs': plugin },
  })
  await gateway.write('poison', '')
  process.kill((await gateway.workers())[0]!, 'SIGKILL')
  await until('its starts fail', () => gateway.logs.filter(({ msg }) => msg === DIED).length >= 3)
  for (let i = 0; i < 10; i++) expect((await call(`${gateway.url}/services/up/`)).status).toBe(200)
  expect((await gateway.admin('/readyz')).status).toBe(200)
})

for (const workers of [0, 2]) {
  it(`drains on SIGTERM under load without losing a request, with workers: ${workers}`, async () => {
    const { gateway, url } = await serving({ workers })
    const load = new Load(url, { kept: 6 })
    await until('the load runs', () => load.answered >= 500)
    const exit = gateway.stop()
    await until('readiness ends', async () => (await gateway.admin('/readyz')).status === 503)
    expect(await call(url)).toMatchObject({ status: 200, headers: { connection: 'close' } })
    await load.gone()
    expect(load.tally.errors).toEqual([])
    expect(load.wrong).toEqual([])
    expect(await exit).toEqual({ code: 0, signal: null })
    expect(gateway.line('drained')).toBeDefined()
    expect(gateway.access).toHaveLength(load.answered + 1)
  })
}

it('lets a request that runs at SIGTERM end, however slow, and exits then', async () => {
  let finish: (() => void) | undefined
  const up = await startUpstream((_, response) => {
    finish = () => response.end('at last')
  })
  const gateway = await startGateway('server: { workers: 2 }', { services: { up: [up.address] } })
  const reply = call(`${gateway.url}/services/up/`)
  await until('the instance is asked', () => finish)
  const exit = gateway.stop()
  await until('the door is closed', () =>
    call(gateway.url).then(
      () => false,
      () => true,
    ),
  )
  expect(gateway.running).toBe(true)
  finish!()
  expect(await reply).toMatchObject({ status: 200, text: 'at last' })
  expect((await exit).code).toBe(0)
})

for (const workers of [0, 2]) {
  it(`exits at once at the second SIGTERM, with workers: ${workers}`, async () => {
    const up = await startUpstream(() => undefined)
    const gateway = await startGateway(`server: { workers: ${workers} }`, { services: { up: [up.address] } })
    const reply = call(`${gateway.url}/services/up/`).catch(({ code }) => code)
    await until('the instance is asked', () => up.asked.length === 1)
    const pids = await gateway.workers()
    gateway.signal('SIGTERM')
    await gateway.logged('the drain', ({ msg }) => msg === 'draining')
    gateway.signal('SIGTERM')
    expect((await gateway.exit).code).toBe(143)
    expect(await reply).toBe('ECONNRESET')
    await until('the workers are gone', () => pids.every((pid) => !existsSync(`/proc/${pid}`)))
  })
}

it('cuts what still runs at the end of the drain', async () => {
  const up = await startUpstream(() => undefined)
  const server = { workers: 1, drain: { timeout: '200ms' } }
  const gateway = await startGateway(stringify({ server }), { services: { up: [up.address] } })
  const id = ids()
  const reply = call(`${gateway.url}/services/up/`, { headers: { 'x-request-id': id } }).catch(({ code }) => code)
  await until('the instance is asked', () => up.asked.length === 1)
  expect((await gateway.stop()).code).toBe(0)
  expect(await reply).toBe('ECONNRESET')
})

for (const workers of [0, 2]) {
  it(`serves on when nobody reads its log any more, with workers: ${workers}`, async () => {
    const { gateway, url } = await serving({ workers })
    gateway.stopReading()
    const load = new Load(url, { kept: 4 })
    await until('the load runs', () => load.answered >= 1000)
    const { errors } = await load.stop()
    expect([...errors, ...load.wrong]).toEqual([])
    expect((await gateway.admin('/readyz')).status).toBe(200)
    expect(await gateway.metric('portolan_worker_restarts_total')).toBe(0)
    expect(await gateway.stop()).toEqual({ code: 0, signal: null })
  })
}

it('takes its workers along when the primary is killed', async () => {
  const { gateway, url } = await serving()
  const pids = await gateway.workers()
  expect(pids).toHaveLength(2)
  await gateway.kill()
  await until('the workers are gone', () => pids.every((pid) => !existsSync(`/proc/${pid}`)))
  await expect(call(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

for (const workers of [0, 2]) {
  it(`says in one line that a port is taken, and exits with 1, with workers: ${workers}`, async () => {
    const taken = await startUpstream()
    for (const room of ['server', 'admin']) {
      const yaml = { server: { workers }, [room]: { ...(room === 'server' && { workers }), port: taken.port } }
      const gateway = await launchGateway(stringify(yaml), { services: {} })
      expect(await gateway.exit).toEqual({ code: 1, signal: null })
      expect(gateway.stderr).toBe(`portolan: cannot listen on 127.0.0.1:${taken.port}: the address is in use\n`)
    }
  })
}
