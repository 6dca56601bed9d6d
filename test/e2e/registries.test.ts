import { expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { call } from '../support/call.ts'
import { Dnsmasq } from '../support/dnsmasq.ts'
import { put, startEtcd } from '../support/etcd.ts'
import { startGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'
import { SERVICE_1, startUpstream } from '../support/upstream.ts'

it('routes to what etcd says, and on while etcd is away', { timeout: 30_000 }, async () => {
  const server = await startEtcd()
  const up = await startUpstream(SERVICE_1)
  await put(server.address, `/services/service_1/${up.address}`, '{"metadata":{"version":"3"}}')
  const registry = { type: 'etcd', options: { endpoints: server.address }, snapshot: null }
  const gateway = await startGateway(stringify({ server: { workers: 1 }, registry }))
  const ask = (service: string) => call(`${gateway.url}/services/${service}/`)
  expect((await ask('service_1')).text).toBe('This is Service 1.')
  expect((await ask('service_2')).status).toBe(404)
  await server.kill()
  await gateway.logged('the loss', ({ msg }) => msg === 'the registry cannot be read')
  expect((await ask('service_1')).text).toBe('This is Service 1.')
  await server.restart()
  await put(server.address, `/services/service_2/${up.address}`)
  await until('what is new', async () => (await ask('service_2')).status === 200)
})

it('routes to what DNS says', async () => {
  const up = await startUpstream(SERVICE_1)
  const records = [`srv-host=_http._tcp.one.test,one.test,${up.port}`, 'host-record=one.test,127.0.0.1']
  const dnsmasq = await Dnsmasq.start(records)
  onTestFinished(() => dnsmasq.kill())
  const services = { service_1: { srv: '_http._tcp.one.test' }, service_2: { host: 'nobody.test', port: 80 } }
  const registry = { type: 'dns', options: { services, servers: [dnsmasq.address] }, snapshot: null }
  const gateway = await startGateway(stringify({ registry }))
  expect((await call(`${gateway.url}/services/service_1/`)).text).toBe('This is Service 1.')
  expect((await call(`${gateway.url}/services/service_2/`)).headers['x-portolan-error']).toBe('GW_NO_ENDPOINT')
})
