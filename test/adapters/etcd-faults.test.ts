import { describe, expect, it, onTestFinished } from 'vitest'
import { follow, read } from '../../adapters/etcd/follow.ts'
import { Keys } from '../../adapters/etcd/keys.ts'
import { options } from '../../adapters/etcd/options.ts'
import { Servers } from '../../adapters/etcd/servers.ts'
import { etcd } from '../../adapters/etcd.ts'
import { pluginContext, summary } from '../contract/index.ts'
import { subject } from '../support/adapter.ts'
import { call, put, remove, startEtcd } from '../support/etcd.ts'
import { A, alone, B, BRISK, behindProxy, shows, watchedForEver } from '../support/etcd-watched.ts'
import { freePorts } from '../support/ports.ts'
import { until } from '../support/until.ts'

describe('a server that is killed', { timeout: 30_000 }, () => {
  it('is read anew when it is back, and what is the same stays the same', async () => {
    const { server, follow } = await alone()
    await put(server.address, `/services/one/${A}`)
    const following = follow()
    const before = await following.shows({ one: [A] })
    await server.kill()
    expect((await following.failure()).message).toBe(`etcd http://${server.address}: the connection broke`)
    expect((await follow().failure()).message).toContain('ECONNREFUSED')
    await server.restart()
    await put(server.address, `/services/two/${B}`)
    const after = await follow().shows({ one: [A], two: [B] })
    expect(after.get('one')).toBe(before.get('one'))
  })

  it('and comes back with nothing is believed', async () => {
    const { server, follow } = await alone()
    for (const port of [1, 2, 3, 4, 5]) await put(server.address, `/services/one/10.0.0.1:${port}`)
    const following = follow()
    await following.until((view) => view.get('one')?.length === 5)
    await server.wipe()
    await following.failure()
    const again = follow()
    await again.shows({})
    await put(server.address, `/services/one/${B}`)
    await again.shows({ one: [B] })
  })
})

describe('a server that hangs', { timeout: 30_000 }, () => {
  it('is noticed within a heartbeat and an unanswered question', async () => {
    const { server, follow } = await alone()
    const following = follow()
    await following.shows({})
    await put(server.address, `/services/one/${A}`)
    await following.shows({ one: [A] })
    const since = performance.now()
    server.hang()
    const { message } = await following.failure()
    expect(message).toBe(`etcd http://${server.address}: no answer to kv/range within 500 ms`)
    expect(performance.now() - since).toBeLessThan(2000)
    server.resume()
    await follow().shows({ one: [A] })
  })

  it('is noticed in the middle of a first reading', async () => {
    const { server, proxy, follow } = await behindProxy()
    await put(server.address, `/services/one/${A}`, JSON.stringify({ metadata: { long: 'x'.repeat(100_000) } }))
    proxy.freezeAfter(50_000)
    expect((await follow().failure()).message).toContain('no answer to kv/range within 500 ms')
  })

  it('does not hold up an abort, neither while it connects nor later', async () => {
    const server = await startEtcd()
    const long = { connectTimeout: '1h', requestTimeout: '1h', heartbeat: '20ms' }
    const { follow } = await subject(etcd, { endpoints: server.address, ...long })
    const later = follow()
    await later.shows({})
    server.hang()
    await later.stop()
    await follow().stop()
  })

  it('is left for the next endpoint', async () => {
    const [hung, healthy] = [await startEtcd(), await startEtcd()]
    await put(healthy.address, `/services/one/${A}`)
    hung.hang()
    await (await subject(etcd, { endpoints: [hung.address, healthy.address], ...BRISK })).follow().shows({ one: [A] })
  })
})

describe('what is no gateway of etcd', { timeout: 30_000 }, () => {
  it('is told so', async () => {
    const [port] = await freePorts(1)
    await startEtcd({ flags: ['--listen-metrics-urls', `http://127.0.0.1:${port}`] })
    const { follow } = await subject(etcd, { endpoints: `127.0.0.1:${port}` })
    const said = `etcd http://127.0.0.1:${port}: the answer is 404 "404 page not found"; is enable-grpc-gateway on?`
    expect((await follow().failure()).message).toBe(said)
  })
})

describe('a connection that breaks', { timeout: 30_000 }, () => {
  it('in the middle of an answer leaves no trace in the next reading', async () => {
    const { server, proxy, follow } = await behindProxy()
    const names = Array.from({ length: 250 }, (_, index) => `10.0.0.1:${index + 1}`)
    for (const name of names) await put(server.address, `/services/one/${name}`)
    for (const bytes of [1, 100, 400, 5000, 20_000]) {
      proxy.cutAfter(bytes)
      expect((await follow().failure()).message).toContain('the connection broke')
      await follow().shows({ one: names })
    }
  })

  it('again and again under changes costs none of them', async () => {
    const { server, proxy, follow } = await behindProxy()
    const truth = new Map<string, number>()
    const [tries, stop] = watchedForEver(follow)
    for (let weight = 1; weight <= 400; weight++) {
      if (weight % 40 === 0) proxy.cutAfter(weight * 7)
      const name = `s${weight % 7}/10.0.0.1:${1 + (weight % 31)}`
      if (truth.has(name) && weight % 3 === 0) {
        truth.delete(name)
        await remove(server.address, `/services/${name}`)
      } else {
        truth.set(name, weight)
        await put(server.address, `/services/${name}`, JSON.stringify({ weight }))
      }
    }
    proxy.cutAfter(Number.POSITIVE_INFINITY)
    proxy.cut()
    await shows(tries, truth)
    expect(tries.length).toBeGreaterThan(5)
    await stop()
  })
})

describe('a store that is compacted', { timeout: 30_000 }, () => {
  it('while the gateway is cut off is read as it is now', async () => {
    const { server, proxy, follow } = await behindProxy()
    await put(server.address, `/services/one/${A}`)
    await put(server.address, `/services/two/${A}`)
    const following = follow()
    await following.shows({ one: [A], two: [A] })
    await proxy.refuse()
    await following.failure()
    await remove(server.address, `/services/one/${A}`)
    const { header } = await put(server.address, `/services/two/${B}`)
    await call(server.address, 'kv/compaction', { revision: header.revision, physical: true })
    await proxy.accept()
    await follow().shows({ two: [A, B] })
  })

  it('between the reading and the watch is read again, without a failure', async () => {
    const { address } = await startEtcd()
    const log = pluginContext()
    const keys = new Keys('/services/', log.log)
    const over = new AbortController()
    onTestFinished(() => over.abort())
    const [client] = await new Servers(options.parse({ endpoints: address }), log).reach(over.signal, async (one) => [
      one,
    ])
    await put(address, `/services/one/${A}`)
    const known = await read(client!, '/services/', keys)
    await remove(address, `/services/one/${A}`)
    const { header } = await put(address, `/services/two/${B}`)
    await call(address, 'kv/compaction', { revision: header.revision })
    const failed = follow(client!, '/services/', keys, known, () => {}).catch((error) => error)
    await until('what was compacted away', () => JSON.stringify(summary(keys.view())) === `{"two":["${B}"]}`)
    await put(address, `/services/three/${A}`)
    await until('what came later', () => keys.view().size === 2)
    over.abort()
    expect((await failed).message).toContain('etcd http://')
  })
})
