import { describe, expect, it, onTestFinished } from 'vitest'
import { etcd } from '../../adapters/etcd.ts'
import { instance } from '../../src/plugin/index.ts'
import { pluginContext } from '../contract/index.ts'
import { call, type Etcd, put, startEtcd, stored } from '../support/etcd.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { until } from '../support/until.ts'

const ONE = instance({ host: '10.0.0.1', port: 80, weight: 2, zone: 'a' })
const KEY = '/services/one/10.0.0.1:80'
const VALUE = '{"weight":2,"zone":"a"}'

describe('a registration', { timeout: 30_000 }, () => {
  it('is there with all that is known of the instance until it is aborted, and then is not', async () => {
    const server = await startEtcd()
    const { registered, entries, stop } = register(server.address)
    await until('the key', async () => (await keys(server)).get(KEY) === VALUE)
    expect(entries).toEqual([{ level: 'info', fields: { key: KEY }, message: `${KEY} is registered` }])
    await stop()
    await registered
    expect(await keys(server)).toEqual(new Map([['/services/one/', '']]))
    expect((await call(server.address, 'lease/leases', {})).leases ?? []).toEqual([])
  })

  it('has brackets around an IPv6 address', async () => {
    const server = await startEtcd()
    register(server.address, instance({ host: '::1', port: 80 }))
    await until('the key', async () => (await keys(server)).get('/services/one/[::1]:80') === '{}')
  })

  it('is kept alive beyond its lease', async () => {
    const server = await startEtcd()
    register(server.address)
    await until('the lease', async () => (await leases(server)).length === 1)
    const [lease] = await leases(server)
    const renewed = /^etcd_debugging_lease_renewed_total (\d+)/m
    // Three to a lease.
    await until('renewals for two leases', async () => {
      const text = await (await fetch(`http://${server.address}/metrics`)).text()
      return Number(renewed.exec(text)?.[1]) >= 7
    })
    expect(await leases(server)).toEqual([lease])
    expect((await keys(server)).get(KEY)).toBe(VALUE)
  })

  it('ends with its lease when nobody keeps it alive', async () => {
    const server = await startEtcd()
    const proxy = await proxied(server)
    register(proxy.address)
    await until('the key', async () => (await keys(server)).has(KEY))
    proxy.freeze()
    await until('the end', async () => !(await keys(server)).has(KEY))
  })

  it('is made again after its lease has ended', async () => {
    const server = await startEtcd()
    const { entries } = register(server.address)
    await until('the key', async () => (await keys(server)).has(KEY))
    const [lease] = await leases(server)
    await call(server.address, 'lease/revoke', { ID: lease })
    expect((await keys(server)).has(KEY)).toBe(false)
    await until('the key again', async () => (await keys(server)).has(KEY))
    expect(entries.map(({ level }) => level)).toEqual(['info', 'warn', 'info'])
    expect(entries[1]!.message).toBe(`${KEY} is to be registered again`)
  })

  it('is made again after the server has lost its data', async () => {
    const server = await startEtcd()
    register(server.address)
    await until('the key', async () => (await keys(server)).has(KEY))
    await server.wipe()
    await until('the key again', async () => (await keys(server)).has(KEY))
  })

  it('is made when the server comes, however late', async () => {
    const server = await startEtcd()
    await server.kill()
    const { entries } = register(server.address)
    await until('two failures', () => entries.filter(({ level }) => level === 'warn').length >= 2)
    await server.restart()
    await until('the key', async () => (await keys(server)).has(KEY))
  })

  it('takes over what is left of an earlier one, and does not end with it', async () => {
    const server = await startEtcd()
    const { ID } = await call(server.address, 'lease/grant', { TTL: 60 })
    await put(server.address, KEY, 'old', ID)
    register(server.address)
    await until('the new value', async () => (await keys(server)).get(KEY) === VALUE)
    await call(server.address, 'lease/revoke', { ID })
    expect((await keys(server)).get(KEY)).toBe(VALUE)
  })

  it('is given up in time when the server is gone, and it is said how long it lingers', async () => {
    const server = await startEtcd()
    const proxy = await proxied(server)
    const { registered, warnings, stop } = register(proxy.address)
    await until('the key', async () => (await keys(server)).has(KEY))
    await proxy.refuse()
    await stop()
    await registered
    expect(warnings.at(-1)).toBe(`${KEY} could not be taken back; it ends with its lease, within 1000 ms`)
  })

  it('of what is no service name is refused', async () => {
    const { adapter } = made('127.0.0.1:1')
    await expect(adapter.register!('no service', ONE, new AbortController().signal)).rejects.toThrow('is not a service')
  })
})

function made(endpoints: string, more: object = {}) {
  const context = pluginContext({ random: () => 0.1, now: () => performance.now() })
  const written = { endpoints, lease: '1s', connectTimeout: '500ms', requestTimeout: '500ms', ...more }
  const result = etcd.options!['~standard'].validate(written)
  if (result instanceof Promise || result.issues) throw new Error(JSON.stringify(result))
  return { context, adapter: etcd.create(result.value, context) }
}

function register(endpoints: string, one = ONE) {
  const { adapter, context } = made(endpoints)
  const over = new AbortController()
  const registered = adapter.register!('one', one, over.signal)
  const stop = async () => {
    over.abort()
    await registered
  }
  onTestFinished(stop)
  return { registered, stop, entries: context.entries, warnings: context.warnings }
}

async function proxied(server: Etcd): Promise<FaultProxy> {
  const proxy = await FaultProxy.open(server.address)
  onTestFinished(() => proxy.close())
  return proxy
}

const keys = (server: Etcd) => stored(server.address, '/services/')

async function leases(server: Etcd): Promise<string[]> {
  const { leases = [] } = await call(server.address, 'lease/leases', {})
  return leases.map(({ ID }: { ID: string }) => ID)
}
