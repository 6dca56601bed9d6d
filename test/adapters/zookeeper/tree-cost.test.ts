import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { zookeeper } from '../../../adapters/zookeeper/index.ts'
import { Link } from '../../../adapters/zookeeper/link.ts'
import { Watches } from '../../../adapters/zookeeper/watches.ts'
import type { RegistryView } from '../../../src/plugin/index.ts'
import { subject } from '../../support/adapter.ts'
import { FaultProxy } from '../../support/fault-proxy.ts'
import { scratchRoot, sharedZooKeeper } from '../../support/zookeeper.ts'
import { Bulk } from '../../support/zookeeper-bulk.ts'

const A = '10.0.0.1:80'
const B = '10.0.0.2:80'

describe('a change', () => {
  it('of data reads that node and nothing else', async () => {
    const { root, writer, following, reads } = await registry(50)
    await writer.set(`${root}/s7/${A}`, '{"weight":3}')
    await following.until((view) => view.get('s7')?.[0]?.weight === 3)
    expect(reads()).toEqual([`node /s7/${A}`])
  })

  it('of membership reads the list of its service and the node that is new', async () => {
    const { root, writer, following, reads } = await registry(50)
    await writer.create(`${root}/s7/10.0.0.9:80`)
    await following.until((view) => view.get('s7')?.length === 3)
    expect(reads()).toEqual(['children /s7', 'node /s7/10.0.0.9:80'])
    await writer.remove(`${root}/s7/${A}`)
    await following.until((view) => view.get('s7')?.length === 2)
    expect(reads()).toEqual(['children /s7', 'node /s7/10.0.0.9:80', 'children /s7'])
  })

  it('of the services reads the list of them and the one that is new', async () => {
    const { root, writer, following, reads } = await registry(50)
    await writer.create(`${root}/new`)
    await following.until((view) => view.size === 51)
    expect(reads()).toEqual(['children ', 'children /new', 'node /new'])
  })

  it('leaves what belongs to the other services as it was, shards of the view included', async () => {
    const { root, writer, following } = await registry(50)
    const before = following.view!
    await writer.set(`${root}/s7/${A}`, '{"weight":3}')
    const after = await following.until((view) => view.get('s7')?.[0]?.weight === 3)
    expect([...after].filter(([name, list]) => list !== before.get(name)).map(([name]) => name)).toEqual(['s7'])
    expect(after.get('s7')![1]).toBe(before.get('s7')![1])
    const shards = (view: RegistryView) => (view as RegistryView & { shards: readonly object[] }).shards
    expect(shards(after).filter((shard, at) => shard !== shards(before)[at])).toHaveLength(1)
  })

  it('that says the same as before is none', async () => {
    const { root, writer, following, reads } = await registry(2)
    const views = following.views.length
    await writer.set(`${root}/s1/${A}`, '')
    await writer.create(`${root}/s0/10.0.0.9:80`)
    await following.until((view) => view.get('s0')?.length === 3)
    expect(reads()).toContain(`node /s1/${A}`)
    const changed = following.views.slice(views - 1).map((view) => view.get('s1'))
    expect(new Set(changed).size).toBe(1)
  })
})

describe('a reading after a connection was lost', () => {
  it('keeps the view itself, and so every array, when the registry says the same', async () => {
    const { proxy, follow } = await registry(50)
    const first = follow()
    const before = await first.until((view) => view.size === 50)
    proxy.cut()
    await first.failure()
    expect(await follow().until((view) => view.size === 50)).toBe(before)
  })

  it('keeps the arrays of the services that did not change meanwhile, and no others', async () => {
    const { root, writer, proxy, following, follow } = await registry(50)
    const before = following.view!
    await proxy.refuse()
    await following.failure()
    await writer.set(`${root}/s3/${A}`, '{"weight":3}')
    await writer.remove(`${root}/s4/${B}`)
    await writer.removeTree(`${root}/s5`)
    await writer.remove(`${root}/s6/${A}`)
    await writer.create(`${root}/s6/${A}`)
    await writer.create(`${root}/new/${A}`)
    await proxy.accept()
    const after = await follow().until((view) => view.get('new')?.length === 1)
    const changed = [...after].filter(([name, list]) => list !== before.get(name)).map(([name]) => name)
    expect(changed.sort()).toEqual(['new', 's3', 's4', 's6'])
    expect(after.get('s5')).toBeUndefined()
    expect(after.get('s3')![1]).toBe(before.get('s3')![1])
  })
})

describe('the watches', () => {
  it('are no more after 1,000 instances and 100 services have come and gone', async () => {
    const made = vi.spyOn(Watches.prototype, 'registerChildWatcher')
    onTestFinished(() => void made.mockRestore())
    const { root, writer, following } = await registry(2)
    const watches = made.mock.contexts.at(-1) as Watches
    const before = watches.size
    const bulk = await Bulk.open(sharedZooKeeper())
    onTestFinished(() => bulk.close())
    for (let round = 0; round < 100; round++) {
      const paths = Array.from({ length: 10 }, (_, at) => `${root}/r${round}/10.0.0.1:${at + 1}`)
      await bulk.create([`${root}/r${round}`, ...paths])
      if (round % 10 === 0) await following.until((view) => view.get(`r${round}`)?.length === 10)
      await bulk.remove([...paths, `${root}/r${round}`])
    }
    await writer.create(`${root}/last`)
    await following.until((view) => view.size === 3 && view.get('last') !== undefined)
    await writer.remove(`${root}/last`)
    await following.until((view) => view.size === 2)
    expect(before).toBe(1 + 2 + 4) // the root, the services, their instances
    expect(watches.size).toBe(before)
  })

  it('on what does not exist are one for each name that is wanted', async () => {
    const made = vi.spyOn(Watches.prototype, 'registerExistenceWatcher')
    onTestFinished(() => void made.mockRestore())
    const { root, writer } = await scratchRoot()
    const { follow } = await subject(zookeeper, { hosts: sharedZooKeeper(), root, services: ['one', 'two'] })
    const following = follow()
    await following.shows({})
    for (let round = 0; round < 100; round++) {
      await writer.create(`${root}/one`)
      await following.shows({ one: [] })
      await writer.remove(`${root}/one`)
      await following.shows({})
    }
    expect((made.mock.contexts.at(-1) as Watches).size).toBe(2)
  })
})

/** A registry of so many services with two instances each behind a proxy, and what is read of it from now on. */
async function registry(services: number) {
  const { root, writer } = await scratchRoot()
  const bulk = await Bulk.open(sharedZooKeeper())
  const paths = Array.from({ length: services }, (_, at) => [
    `${root}/s${at}`,
    `${root}/s${at}/${A}`,
    `${root}/s${at}/${B}`,
  ])
  await bulk.create([root, ...paths.flat()])
  bulk.close()
  const proxy = await FaultProxy.open(sharedZooKeeper())
  onTestFinished(() => proxy.close())
  const { adapter, follow } = await subject(zookeeper, { hosts: proxy.address, root })
  const following = follow()
  await following.until((view) => view.size === services)
  return { root, writer, proxy, adapter, follow, following, reads: readsFromNow(root) }
}

function readsFromNow(root: string): () => string[] {
  const kinds = ['children', 'node', 'exists'] as const
  const reads: string[] = []
  for (const kind of kinds) {
    const real = Link.prototype[kind] as (...args: unknown[]) => unknown
    const spy = vi.spyOn(Link.prototype, kind).mockImplementation(function (this: Link, path, ...rest) {
      reads.push(`${kind} ${path.slice(root.length)}`)
      return real.call(this, path, ...rest) as never
    })
    onTestFinished(() => void spy.mockRestore())
  }
  return () => reads
}
