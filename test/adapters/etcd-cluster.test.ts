import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { etcd } from '../../adapters/etcd.ts'
import { summary } from '../contract/index.ts'
import { subject } from '../support/adapter.ts'
import { call, put, remove, startCluster, stored } from '../support/etcd.ts'
import { A, B, BRISK, behindProxy, shows, watchedForEver, weightOf } from '../support/etcd-watched.ts'
import { eventually, until } from '../support/until.ts'

describe('one fault after the other, under changes', { timeout: 60_000 }, () => {
  it('end in what the server has: nothing missing, nothing extra, nothing stale', async () => {
    const { server, proxy, follow } = await behindProxy()
    const [tries, stop] = watchedForEver(follow)
    let over = false
    const writing = (async () => {
      for (let weight = 1; !over; weight++) {
        const key = `/services/s${weight % 7}/10.0.0.1:${1 + (weight % 31)}`
        const change = weight % 3 === 0 ? remove(server.address, key) : put(server.address, key, `{"weight":${weight}}`)
        await change.catch(() => sleep(20)) // it may have come through all the same
      }
    })()
    const faults = [
      () => server.restart(),
      () => proxy.cutAfter(777),
      async () => {
        server.hang()
        const failures = tries.length
        await until('it is noticed', () => tries.length > failures)
        server.resume()
      },
      async () => {
        await proxy.refuse()
        const { header } = await eventually(() => put(server.address, '/services/s1/10.0.0.2:80'))
        await call(server.address, 'kv/compaction', { revision: header.revision, physical: true })
        await proxy.accept()
      },
    ]
    for (const fault of [...faults, ...faults]) {
      await fault()
      await until('a view after it', () => tries.at(-1)!.views.length > 1)
    }
    over = true
    await writing
    const kept = await stored(server.address, '/services/')
    expect(kept.size).toBeGreaterThan(50)
    const truth = [...kept].map(([key, value]) => [key.slice('/services/'.length), weightOf(value)] as const)
    await shows(tries, new Map(truth))
    expect(tries.length).toBeGreaterThan(faults.length)
    await stop()
  })
})

describe('a cluster', { timeout: 60_000 }, () => {
  it('goes on with another member when one is killed', async () => {
    const members = await startCluster(3)
    const addresses = members.map(({ address }) => address)
    const { follow } = await subject(etcd, { endpoints: addresses, ...BRISK })
    await put(addresses[1]!, `/services/one/${A}`)
    const following = follow()
    await following.shows({ one: [A] })
    await members[0]!.kill()
    await following.failure()
    const [tries, stop] = watchedForEver(follow)
    await eventually(() => put(addresses[1]!, `/services/one/${B}`))
    await eventually(async () => expect(summary(tries.at(-1)!.view!)).toEqual({ one: [A, B] }))
    await stop()
  })

  it('that has lost its majority is a failure, though the member that is asked goes on running', async () => {
    const members = await startCluster(3)
    const [asked, ...others] = members
    const { follow } = await subject(etcd, { endpoints: asked!.address, ...BRISK, heartbeat: '1h' })
    const following = follow()
    await following.shows({})
    for (const other of others) await other.kill()
    expect((await following.failure()).message).toMatch(/the answer to watch has ended|no leader/)
    for (const other of others) other.start()
    const [tries, stop] = watchedForEver(follow)
    await eventually(() => put(asked!.address, `/services/one/${A}`))
    await eventually(async () => expect(summary(tries.at(-1)!.view!)).toEqual({ one: [A] }))
    await stop()
  })
})
