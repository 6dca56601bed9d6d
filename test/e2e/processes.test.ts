import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { call, ids } from '../support/call.ts'
import { launchGateway, startGateway } from '../support/gateway.ts'
import { Load } from '../support/load.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'

const DIED = 'a worker died and is replaced'

async function serving(server: object = { workers: 2 }, more: object = {}) {
  const up = await startUpstream((_, response) => void response.end('up'))
  const gateway = await startGateway(stringify({ server, ...more }), { services: { up: [up.address] } })
  return { up, gateway, url: `${gateway.url}/services/up/` }
}

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

for (const workers of [1, 2]) {
  it(`lets a request that runs at SIGTERM end, however slow, and exits then, with workers: ${workers}`, async () => {
    let finish: (() => void) | undefined
    const up = await startUpstream((_, response) => {
      finish = () => response.end('at last')
    })
    const gateway = await startGateway(`server: { workers: ${workers} }`, { services: { up: [up.address] } })
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
}

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

for (const workers of [0, 1, 2]) {
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
