import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { etcd } from '../../adapters/etcd.ts'
import { adapterContract, type summary } from '../contract/index.ts'
import { subject } from '../support/adapter.ts'
import { call, type Etcd, launchEtcd, put, remove } from '../support/etcd.ts'
import { etcdHarness } from '../support/etcd-rig.ts'
import { until } from '../support/until.ts'

let server: Etcd
beforeAll(async () => {
  const [only] = await launchEtcd()
  server = only!
}, 40_000)
afterAll(() => server?.stop())

const A = '10.0.0.1:80'
const B = '10.0.0.2:80'

describe('etcd, as an adapter', () => {
  for (const law of adapterContract(
    etcd,
    etcdHarness(() => server.address),
  ))
    it(law.name, law.run)
})

describe('a key', () => {
  it('has all that its value says', async () => {
    const { prefix, follow } = await scratch()
    const value = { weight: 2, scheme: 'https', zone: 'a', status: 'DRAINING', metadata: { version: '3' } }
    await put(server.address, `${prefix}one/${A}`, JSON.stringify(value))
    const view = await follow().shows({ one: [A] })
    const { weight, tls, zone, status, metadata, layout } = view.get('one')![0]!
    expect([weight, tls, zone, status, metadata]).toEqual([2, true, 'a', 'draining', { version: '3' }])
    expect(layout).toBe('portolan')
  })

  it('is seen when its value changes, and when it is deleted and put again in one transaction', async () => {
    const { prefix, follow } = await scratch()
    const key = `${prefix}one/${A}`
    await put(server.address, key, '{"weight":1}')
    const following = follow()
    const before = await following.shows({ one: [A] })
    await put(server.address, key, '{"weight":2}')
    await following.until((view) => view.get('one')?.[0]?.weight === 2)
    await remove(server.address, key)
    await put(server.address, key, '{"weight":3}')
    await following.until((view) => view.get('one')?.[0]?.weight === 3)
    expect(before.get('one')![0]!.weight).toBe(1)
  })

  it('that ends in a slash names a service that has nobody', async () => {
    const { prefix, follow } = await scratch()
    await put(server.address, `${prefix}one/`)
    await put(server.address, `${prefix}two/${A}`)
    const following = follow()
    await following.shows({ one: [], two: [A] })
    await remove(server.address, `${prefix}two/${A}`)
    await following.shows({ one: [] })
  })

  it('of another prefix is none of ours, however alike', async () => {
    const { prefix, follow } = await scratch()
    for (const other of [prefix.slice(0, -1), `${prefix.slice(0, -1)}0`, `${prefix.slice(0, -1)}x/one/${B}`])
      await put(server.address, other)
    await put(server.address, `${prefix}one/${A}`)
    await follow().shows({ one: [A] })
  })
})

describe('what is no instance', () => {
  it.each([
    ['one', 'the key is not PREFIX<service>/<host:port>'],
    ['no service/10.0.0.9:80', 'not a service name (^[A-Za-z0-9._:-]{1,128}$)'],
    ['one/a/10.0.0.9:80', 'host "a/10.0.0.9" is not a host name or an address'],
    ['one/10.0.0.9', '"10.0.0.9" is not an address; write "10.0.0.1:8080" or "[::1]:8080"'],
    ['one/10.0.0.9:70000', 'port 70000 is not between 1 and 65535'],
    ['one/10.0.0.9:0', 'port 0 is not between 1 and 65535'],
    ['one/two words:80', 'host "two words" is not a host name or an address'],
    ['one/10.0.0.9:80', 'weight -1 is not between 0 and 1000000', '{"weight":-1}'],
    ['one/10.0.0.9:80', 'the value is not a JSON object; nothing at all, or {"weight":2} would be right', '[]'],
    ['one/10.0.0.9:80', 'the value is not a JSON object; nothing at all, or {"weight":2} would be right', '\xff\xfe'],
    ['one/10.0.0.9:80', 'the value has 1048600 bytes, at most 1048576 are read', 'x'.repeat(1_048_600)],
  ])('as %j is left out with one warning that names the key: %s', async (name, reason, value = '') => {
    const { prefix, follow, adapter, warnings } = await scratch()
    await put(server.address, `${prefix}one/${A}`)
    await put(server.address, prefix + name, Buffer.from(value, 'latin1'))
    for (const _again of [1, 2]) {
      const following = follow()
      await following.shows({ one: [A] })
      await put(server.address, `${prefix}one/${B}`)
      await following.shows({ one: [A, B] })
      await remove(server.address, `${prefix}one/${B}`)
      await following.shows({ one: [A] })
      await following.stop()
    }
    const told = { place: prefix + name, reason: reason.replace('PREFIX', prefix) }
    expect(warnings).toEqual([`${told.place} left out: ${told.reason}`])
    expect([...adapter.leftOut!()]).toEqual([told])
    await put(server.address, `${prefix}one/${B}`)
    await remove(server.address, prefix + name)
    await follow().shows({ one: [A, B] })
    expect([...adapter.leftOut!()]).toEqual([])
  })

  it('may have a key as long as a value, which is not told at length', async () => {
    const { prefix, follow, warnings } = await scratch()
    await put(server.address, `${prefix}one/${'x'.repeat(1_000_000)}:80`)
    await put(server.address, `${prefix}one/${A}`)
    await follow().shows({ one: [A] })
    const told = `${`${prefix}one/${'x'.repeat(100)}`.slice(0, 100)}… left out: the key has ${prefix.length + 1_000_007} characters`
    expect(warnings).toEqual([told])
  })

  it('is the second of two keys that claim one address', async () => {
    const { prefix, follow, warnings } = await scratch()
    await put(server.address, `${prefix}one/${A}`, '{"weight":2}')
    await put(server.address, `${prefix}one/10.0.0.1:080`, '{"weight":3}')
    const view = await follow().shows({ one: [A] })
    expect(view.get('one')![0]!.weight).toBe(3)
    expect(warnings).toEqual([`${prefix}one/${A} left out: ${A} is registered twice`])
  })

  it('may have a key that is not UTF-8', async () => {
    const { prefix, follow, warnings } = await scratch()
    const following = follow()
    await following.shows({})
    await put(server.address, Buffer.concat([Buffer.from(`${prefix}one/`), Buffer.from([0xff, 0xfe])]))
    await put(server.address, `${prefix}one/${A}`)
    await following.shows({ one: [A] })
    expect(warnings).toEqual([`${JSON.stringify(`${prefix}one/\xff\xfe`)} left out: the key is not UTF-8`])
  })

  it('is all that a service has beyond ten thousand instances', { timeout: 60_000 }, async () => {
    const { prefix, follow, adapter, warnings } = await scratch()
    const names = Array.from({ length: 10_050 }, (_, index) => `10.0.${index >> 8}.${index & 255}:80`).sort()
    await putAll(names.map((name) => `${prefix}one/${name}`))
    await put(server.address, `${prefix}two/${A}`)
    const following = follow()
    const view = await following.until((view) => view.size === 2)
    expect(view.get('one')!.map(({ id }) => id)).toEqual(names.slice(0, 10_000))
    expect(warnings).toEqual([`${prefix}one/ left out: more than 10000 instances`])
    await remove(server.address, `${prefix}one/${names[0]}`)
    const after = await following.until((view) => view.get('one')?.[0]?.id === names[1])
    expect(after.get('one')!.at(-1)!.id).toBe(names[10_000])
    expect([...adapter.leftOut!()]).toHaveLength(1)
  })
})

describe('many changes', () => {
  it('end in exactly the truth: nothing missing, nothing extra, nothing stale', async () => {
    const { prefix, follow } = await scratch()
    const truth = new Map<string, number>()
    const following = follow()
    await following.shows({})
    for (let weight = 1; weight <= 300; weight++) {
      const name = `s${(weight * 7) % 5}/10.0.0.1:${1 + ((weight * 13) % 17)}`
      if (truth.has(name) && weight % 3 === 0) {
        truth.delete(name)
        await remove(server.address, prefix + name)
      } else {
        truth.set(name, weight)
        await put(server.address, prefix + name, JSON.stringify({ weight }))
      }
    }
    const expected = [...truth].map(([name, weight]) => `${name}=${weight}`).sort()
    await following.until((view) => weights(view).join() === expected.join(), `${expected.length} instances`)
  })

  it('arrive together in few views', async () => {
    const { prefix, follow } = await scratch()
    const following = follow()
    await following.shows({})
    const names = Array.from({ length: 500 }, (_, index) => `10.0.0.1:${index + 1}`)
    await putAll(names.map((name) => `${prefix}one/${name}`))
    await following.shows({ one: names })
    expect(following.views.length).toBeLessThan(100)
  })
})

describe('the server', () => {
  it('gets rid of the watch when it is aborted', async () => {
    const { follow } = await scratch()
    await until('no watch of the tests before', async () => (await watchers()) === 0)
    const following = follow()
    await following.shows({})
    await until('one watch', async () => (await watchers()) === 1)
    await following.stop()
    await until('no watch', async () => (await watchers()) === 0)
  })
})

async function scratch() {
  const prefix = `/test-${randomUUID()}/`
  return { prefix, ...(await subject(etcd, { endpoints: `http://${server.address}`, prefix })) }
}

/** A hundred to a transaction, which may have 128. */
async function putAll(keys: readonly string[]) {
  for (let at = 0; at < keys.length; at += 100) {
    const success = keys
      .slice(at, at + 100)
      .map((key) => ({ request_put: { key: Buffer.from(key).toString('base64') } }))
    await call(server.address, 'kv/txn', { success })
  }
}

async function watchers(): Promise<number> {
  const text = await (await fetch(`http://${server.address}/metrics`)).text()
  return Number(/^etcd_debugging_mvcc_watcher_total (\d+)/m.exec(text)?.[1])
}

function weights(view: Parameters<typeof summary>[0]): string[] {
  return [...view].flatMap(([name, list]) => list.map(({ id, weight }) => `${name}/${id}=${weight}`)).sort()
}
