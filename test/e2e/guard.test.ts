import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { folder } from '../catalog/folder.ts'
import { call } from '../support/call.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { type GatewayProcess, startGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'
import { SERVICE_1, SERVICE_2, startUpstream, type Upstream } from '../support/upstream.ts'
import { scratchRoot, sharedZooKeeper } from '../support/zookeeper.ts'

interface Chart {
  readonly workers: number
  readonly settle?: string
  readonly instances?: number
  readonly more?: object[]
}

/** One service on ZooKeeper, and a gateway that reads it through a proxy which can cut it off. */
async function charted({ workers, settle = '30s', instances = 1, more = [] }: Chart) {
  const { root, writer } = await scratchRoot()
  const ups = await Promise.all(Array.from({ length: instances }, () => startUpstream(SERVICE_1)))
  const pathOf = ({ address }: Upstream) => `${root}/service_1/${address}`
  await Promise.all(ups.map((up) => writer.createEphemeral(pathOf(up))))
  const proxy = await FaultProxy.open(sharedZooKeeper())
  onTestFinished(() => proxy.close())
  const snapshot = join(folder({}), 'snapshot.json')
  const options = { hosts: [proxy.address], root, sessionTimeout: '2s' }
  const registry = [{ type: 'zookeeper', options, settle, snapshot }, ...more]
  const start = (wait = {}) => startGateway(stringify({ server: { workers }, registry }), wait)
  return { root, writer, ups, pathOf, proxy, snapshot, start }
}

const ask = ({ url }: GatewayProcess, service = 'service_1') => call(`${url}/services/${service}/`)
const registryOf = async (gateway: GatewayProcess) => JSON.parse((await gateway.admin('/api/registry')).text)
const accept = ({ adminUrl }: GatewayProcess) => fetch(`${adminUrl}/api/registry/accept`, { method: 'POST' })

for (const workers of [0, 2]) {
  it(`keeps the last instance while it lives, and answers 503 and never 502 once it does not, with workers: ${workers}`, async () => {
    const { writer, ups, pathOf, start } = await charted({ workers })
    const gateway = await start()
    const [up] = ups as [Upstream]
    await writer.remove(pathOf(up))
    const [held] = await until('it is held', async () => {
      const report = await registryOf(gateway)
      return report.held.length > 0 && report.held
    })
    expect(held).toMatchObject({ registry: 'zookeeper', service: 'service_1', id: up.address, reason: 'last-instance' })
    expect(await gateway.metric('portolan_registry_held')).toBe(1)
    for (let i = 0; i < 10; i++) expect((await ask(gateway)).text).toBe('This is Service 1.')
    await up.close()
    const replies = await Promise.all(Array.from({ length: 10 }, () => ask(gateway)))
    expect(new Set(replies.map(({ headers }) => headers['x-portolan-error']))).toEqual(new Set(['GW_NO_ENDPOINT']))
    await until('nothing is held', async () => (await registryOf(gateway)).held.length === 0)
  })

  it(`lets go of what has left when it is told to, with workers: ${workers}`, async () => {
    const { root, writer, ups, pathOf, start } = await charted({ workers, instances: 3 })
    const gateway = await start()
    // One after the other, the first would go by itself, in a view of its own.
    await writer.removeTogether(...ups.map(pathOf), `${root}/service_1`, root)
    await until('all are held', async () => (await registryOf(gateway)).held.length === 3)
    expect((await ask(gateway)).status).toBe(200)
    expect(await (await accept(gateway)).json()).toEqual({ changed: 1 })
    await until('the service is gone', async () => (await ask(gateway)).status === 404)
  })

  it(`starts from its snapshot without the registry, says so, and purges who is dead, with workers: ${workers}`, async () => {
    const { writer, ups, pathOf, proxy, start } = await charted({ workers, instances: 2 })
    const first = await start()
    expect((await ask(first)).status).toBe(200)
    await first.stop()
    await proxy.refuse()
    const [alive, dead] = ups as [Upstream, Upstream]
    await dead.close()
    const second = await start()
    const { ready, registry } = JSON.parse((await second.admin('/readyz')).text)
    expect({ ready, registry }).toMatchObject({ ready: true, registry: { state: 'disk', services: 1 } })
    expect(registry.ageMs).toBeGreaterThan(0)
    expect(await second.metric('portolan_registry_state', 'state="disk"')).toBe(1)
    for (let i = 0; i < 10; i++) expect((await ask(second)).text).toBe('This is Service 1.')
    await until('the dead is purged', async () => (await second.metric('portolan_registry_instances')) === 1)
    await writer.remove(pathOf(dead))
    await proxy.accept()
    await until('the registry is read', async () => (await registryOf(second)).state === 'recovering')
    expect((await ask(second)).text).toBe('This is Service 1.')
    expect(alive.asked.length).toBeGreaterThan(0)
  })
}

it('ignores a snapshot that is torn or of another registry, with a warning, and waits for the registry', async () => {
  const { proxy, snapshot, start } = await charted({ workers: 0 })
  const first = await start()
  await first.stop()
  await proxy.refuse()
  for (const [text, word] of [
    ['{"format":"portolan-snapshot","version":1,', 'it is no snapshot'],
    [
      '{"format":"portolan-snapshot","version":1,"registry":"consul","type":"consul"}\n{"end":0}\n',
      'it is of the registry consul',
    ],
  ] as const) {
    await writeFile(snapshot, text)
    const gateway = await start({ ready: false })
    const { msg } = await gateway.logged('the warning', ({ file }) => file === snapshot)
    expect(msg).toContain(word)
    expect((await ask(gateway)).headers['x-portolan-error']).toBe('GW_REGISTRY_NOT_READY')
    await gateway.kill()
  }
})

it('serves from the registries that it can read, and fails over to the next for each service', async () => {
  const [two, spare] = [await startUpstream(SERVICE_2), await startUpstream(SERVICE_2)]
  const file = join(
    folder({ 'spare.yaml': stringify({ services: { service_1: [spare.address], service_2: [two.address] } }) }),
    'spare.yaml',
  )
  const more = [{ name: 'spare', type: 'static-file', merge: 'first', options: { path: file } }]
  const { ups, writer, pathOf, proxy, start } = await charted({ workers: 2, more })
  await proxy.refuse()
  const gateway = await start()
  expect((await ask(gateway, 'service_2')).text).toBe('This is Service 2.')
  expect((await ask(gateway, 'service_1')).text).toBe('This is Service 2.')
  expect((await registryOf(gateway)).sources).toMatchObject([
    { name: 'zookeeper', state: 'pending', reason: expect.stringContaining(proxy.address) },
    { name: 'spare', state: 'live' },
  ])
  await proxy.accept()
  await until('the first comes first', async () => (await ask(gateway)).text === 'This is Service 1.')
  expect((await ask(gateway, 'service_2')).text).toBe('This is Service 2.')
  const [up] = ups as [Upstream]
  await writer.remove(pathOf(up))
  await up.close()
  await until('the second stands in', async () => (await ask(gateway)).text === 'This is Service 2.')
})
