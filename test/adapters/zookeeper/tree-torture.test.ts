import { describe, expect, it, onTestFinished } from 'vitest'
import { zookeeper } from '../../../adapters/zookeeper/index.ts'
import type { RegistryAdapter, RegistryView } from '../../../src/plugin/index.ts'
import { subject } from '../../support/adapter.ts'
import { FaultProxy } from '../../support/fault-proxy.ts'
import { until } from '../../support/until.ts'
import { scratchRoot, sharedZooKeeper } from '../../support/zookeeper.ts'
import { Oracle } from '../../support/zookeeper-oracle.ts'

const SECONDS = 4
const PER_SECOND = 1000

describe('1,000 changes a second', () => {
  it.each([11, 12])(
    'end in exactly the truth: nothing missing, nothing extra, nothing stale (seed %i)',
    async (seed) => {
      const { oracle, seen } = await tortured(seed, sharedZooKeeper())
      await oracle.churn(PER_SECOND, SECONDS * 1000)
      await oracle.quiet()
      await until('the truth', () => oracle.differences(seen.view!).length === 0)
      expect(seen.view!.size).toBe(oracle.truth.size)
      expect(seen.failures).toBe(0)
    },
  )

  it('in one service are exact as well', async () => {
    const { oracle, seen } = await tortured(13, sharedZooKeeper(), { services: 2, ports: 500 })
    await oracle.churn(PER_SECOND, SECONDS * 1000)
    await oracle.quiet()
    await until('the truth', () => oracle.differences(seen.view!).length === 0)
  })

  it('in nested services are exact as well', async () => {
    const { oracle, seen } = await tortured(15, sharedZooKeeper(), { services: 100, ports: 20 }, '/a/b')
    await oracle.churn(PER_SECOND, SECONDS * 1000)
    await oracle.quiet()
    await until('the truth', () => oracle.differences(seen.view!, 'a.b.').length === 0)
  })

  it('under a connection that breaks again and again end in the truth', async () => {
    const proxy = await FaultProxy.open(sharedZooKeeper())
    onTestFinished(() => proxy.close())
    const { oracle, seen } = await tortured(14, proxy.address)
    for (const bytes of [1, 1000, 5000, 20_000, 50_000, 100_000, 200_000]) {
      proxy.cutAfter(bytes)
      await oracle.churn(PER_SECOND, 500)
    }
    proxy.cutAfter(Number.POSITIVE_INFINITY)
    await oracle.quiet()
    await until('the truth', () => oracle.differences(seen.view!).length === 0)
    expect(seen.failures).toBeGreaterThan(2)
  })
})

/** An oracle, and what an adapter that is asked again after each failure has seen. */
async function tortured(seed: number, address: string, size = { services: 200, ports: 20 }, below = '') {
  const { root } = await scratchRoot()
  const oracle = await Oracle.open(sharedZooKeeper(), root + below, seed, size)
  onTestFinished(() => oracle.close())
  const { adapter } = await subject(zookeeper, { hosts: address, root, nested: below !== '' })
  const seen = watched(adapter)
  await until('a first view', () => seen.view !== undefined)
  return { oracle, seen }
}

function watched(adapter: RegistryAdapter) {
  const abort = new AbortController()
  const seen: { view?: RegistryView; failures: number } = { failures: 0 }
  const follow = async () => {
    while (!abort.signal.aborted)
      try {
        for await (const view of adapter.watch(abort.signal)) seen.view = view
      } catch {
        seen.failures++
      }
  }
  const ended = follow()
  onTestFinished(() => {
    abort.abort()
    return ended
  })
  return seen
}
