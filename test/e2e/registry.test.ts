import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { call } from '../support/call.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { startGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'
import { SERVICE_1, startUpstream } from '../support/upstream.ts'
import { scratchRoot, sharedZooKeeper } from '../support/zookeeper.ts'

async function charted(workers: number, { reachable = true } = {}) {
  const { root, writer } = await scratchRoot()
  const up = await startUpstream(SERVICE_1)
  await writer.createEphemeral(`${root}/service_1/${up.address}`)
  const proxy = await FaultProxy.open(sharedZooKeeper())
  if (!reachable) await proxy.refuse()
  const options = { hosts: [proxy.address], root, sessionTimeout: '2s' }
  const registry = { type: 'zookeeper', options, settle: '1s', snapshot: null }
  const gateway = await startGateway(stringify({ server: { workers }, registry }), { ready: reachable })
  const ask = () => call(`${gateway.url}/services/service_1/`)
  const readiness = async () => JSON.parse((await gateway.admin('/readyz')).text)
  return { gateway, proxy, ask, readiness, root, writer, up }
}

for (const workers of [0, 2]) {
  it(`starts without the registry and is ready when it appears, with workers: ${workers}`, async () => {
    const { gateway, proxy, ask, readiness } = await charted(workers, { reachable: false })
    const refused = await ask()
    expect(refused).toMatchObject({
      status: 503,
      headers: { 'x-portolan-error': 'GW_REGISTRY_NOT_READY', 'retry-after': '1' },
    })
    expect((await gateway.admin('/healthz')).status).toBe(200)
    expect((await gateway.admin('/readyz')).status).toBe(503)
    expect(await readiness()).toMatchObject({ ready: false, registry: { state: 'pending' } })
    await proxy.accept()
    await gateway.ready()
    expect((await ask()).text).toBe('This is Service 1.')
    await proxy.close()
  })

  it(`serves on from the last view while the registry is cut off, with workers: ${workers}`, async () => {
    const { gateway, proxy, ask, readiness, root, writer, up } = await charted(workers)
    await proxy.refuse()
    await until('the gateway sees it', async () => (await readiness()).registry.state === 'stale')
    expect((await gateway.admin('/readyz')).status).toBe(200)
    for (let i = 0; i < 10; i++) expect((await ask()).text).toBe('This is Service 1.')
    expect(await gateway.metric('portolan_registry_state', 'state="stale"')).toBe(1)
    expect(await gateway.metric('portolan_registry_state', 'state="live"')).toBe(0)
    await until('the age grows', async () => (await gateway.metric('portolan_registry_age_seconds')) > 0.01)
    await gateway.logged('the loss', ({ msg }) => msg === 'the registry cannot be read')

    await writer.remove(`${root}/service_1/${up.address}`)
    await writer.createEphemeral(`${root}/service_2/${up.address}`)
    await proxy.accept()
    await until('it is back', async () => (await readiness()).registry.state === 'live')
    await until('what changed meanwhile is known', async () => (await ask()).status === 503)
    expect((await call(`${gateway.url}/services/service_2/`)).status).toBe(200)
    expect(await gateway.metric('portolan_registry_age_seconds')).toBe(0)
    expect(gateway.logs.filter(({ msg }) => msg === 'a worker died and is replaced')).toEqual([])
    await proxy.close()
  })
}

it('follows a file that is written anew', async () => {
  const [one, two] = [await startUpstream(), await startUpstream()]
  const gateway = await startGateway('server: { workers: 2 }', { services: { up: [one.address] } })
  const status = async (service: string) => (await call(`${gateway.url}/services/${service}/`)).status
  expect(await status('up')).toBe(200)
  await gateway.write('services.yaml', stringify({ services: { other: [two.address] } }))
  await until('the new service is there', async () => (await status('other')) === 200)
  await until('the old service is gone', async () => (await status('up')) === 404)
  await gateway.write('services.yaml', 'services: [broken')
  await gateway.logged('the loss', ({ msg }) => msg === 'the registry cannot be read')
  expect(await status('other')).toBe(200)
})
