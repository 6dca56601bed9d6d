import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Link } from '../../../adapters/zookeeper/link.ts'
import { Following, summary } from '../../contract/index.ts'
import { drive } from '../../support/driven.ts'
import { until } from '../../support/until.ts'
import type { Writer } from '../../support/zookeeper.ts'
import { behindProxy } from '../../support/zookeeper-faults.ts'

const A = '10.0.0.1:80'
const B = '10.0.0.2:80'
/** Of what a watch is told with, without its path. */
const DELETION_BYTES = 32

describe('more than 1 MiB of watched paths', () => {
  it('are read again after a cut, and watched', { timeout: 60_000 }, async () => {
    const { root, writer, proxy, adapter } = await behindProxy()
    // The library would send all paths in one packet, which servers refuse from 1 MiB on (jute.maxbuffer).
    const long = (index: number) => `${root}/one/${String(index).padStart(5, '0')}-${'x'.repeat(220)}`
    const count = 5000
    expect(count * long(0).length).toBeGreaterThan(2 ** 20)
    await writer.create(`${root}/one`)
    await inBatches(count, (index) => writer.put(long(index), registration(index + 1)))
    const driven = drive(adapter)
    const shows = (size: number) => until(`${size} instances`, () => driven.view?.get('one')?.length === size, 20_000)
    await shows(count)
    proxy.cut()
    await until('a failure', () => driven.errors.length === 1)
    await writer.put(long(0), registration(60_000))
    await writer.remove(long(1))
    await shows(count - 1)
    expect(driven.view!.get('one')!.some(({ id }) => id === '10.0.0.1:60000')).toBe(true)
    await writer.remove(long(2))
    await shows(count - 2)
    expect(driven.errors).toHaveLength(1)
    await inBatches(count - 3, (index) => writer.remove(long(index + 3)))
  })
})

describe('what goes and comes back while there is no connection', () => {
  it.each<[string, (root: string, writer: Writer) => Promise<void>, object]>([
    ['the root', (root, writer) => writer.removeTree(root), {}],
    ['a service', (root, writer) => writer.removeTree(`${root}/one`), { two: [A] }],
    ['the last instance', (root, writer) => writer.remove(`${root}/one/${A}`), { one: [], two: [A] }],
  ])('is seen by the next reading, and by its watches: %s', async (_what, take, without) => {
    const { root, writer, proxy, adapter } = await behindProxy()
    const give = () => Promise.all(['one', 'two'].map((name) => writer.create(`${root}/${name}/${A}`).catch(() => {})))
    await give()
    const driven = drive(adapter)
    const shows = (wanted: object) =>
      until(JSON.stringify(wanted), () => driven.view && same(summary(driven.view), wanted))
    await shows({ one: [A], two: [A] })
    await proxy.refuse()
    await take(root, writer)
    await proxy.accept()
    await shows(without)
    await give()
    await shows({ one: [A], two: [A] })
    await take(root, writer)
    await shows(without)
  })
})

describe('a service that is deleted with its last instance', () => {
  it('is gone, and is a new one when it comes back, however often', async () => {
    const { root, writer, adapter } = await behindProxy()
    await writer.create(root)
    const driven = drive(adapter)
    const shows = (wanted: object) =>
      until(JSON.stringify(wanted), () => driven.view && same(summary(driven.view), wanted))
    for (const name of [A, B, A, B]) {
      await writer.create(`${root}/one/${name}`)
      await shows({ one: [name] })
      await writer.removeTree(`${root}/one`)
      await shows({})
    }
    for (let turn = 0; turn < 20; turn++) {
      await writer.create(`${root}/one/${A}`)
      await writer.removeTree(`${root}/one`)
    }
    await writer.create(`${root}/one/${B}`)
    await shows({ one: [B] })
    expect(driven.errors).toEqual([])
  })
})

describe('instances that are deleted in one transaction', () => {
  it.each([
    ['with their service', true, undefined],
    ['without it', false, 0],
  ])('leave in one view, %s, also when one is heard of before the others', async (_how, withService, left) => {
    const { root, writer, proxy, adapter } = await behindProxy()
    const paths = [A, B, '10.0.0.3:80'].map((id) => `${root}/one/${id}`)
    for (const path of paths) await writer.create(path)
    const following = new Following(adapter)
    onTestFinished(() => following.stop())
    await following.until((view) => view.get('one')?.length === paths.length)
    const seen = following.views.length
    const read = vi.spyOn(Link.prototype, 'node')
    onTestFinished(() => void read.mockRestore())
    proxy.freezeAfter(DELETION_BYTES + paths[0]!.length)
    await writer.removeTogether(...paths, ...(withService ? [`${root}/one`] : []))
    await until('it looks for the first', () => read.mock.calls.some(([path]) => path === paths[0]))
    proxy.thaw()
    await following.until((view) => view.get('one')?.length === left)
    const sizes = following.views.slice(seen).map((view) => view.get('one')?.length)
    expect(sizes).toEqual([left])
  })
})

describe('an instance that is deleted and is back before its service is listed again', () => {
  it('is read anew', async () => {
    const { root, writer, proxy, adapter } = await behindProxy()
    const path = `${root}/one/${A}`
    await writer.create(path)
    const following = new Following(adapter)
    onTestFinished(() => following.stop())
    await following.shows({ one: [A] })
    const { node } = Link.prototype
    const read = vi.spyOn(Link.prototype, 'node').mockImplementation(async function (this: Link, ...args) {
      const found = await node.apply(this, args)
      if (!found) await writer.create(path, '{"weight":5}')
      return found
    })
    onTestFinished(() => void read.mockRestore())
    proxy.freezeAfter(DELETION_BYTES + path.length)
    await writer.remove(path)
    await until('it looks for it', () => read.mock.calls.length === 1)
    proxy.thaw()
    await following.until((view) => view.get('one')?.[0]?.weight === 5)
  })
})

describe('data that is null, empty or no data of the layout', () => {
  it.each(['auto', 'plain'])('does not end a watch, before a cut and after it: %s', async (layout) => {
    const { root, writer, proxy, adapter } = await behindProxy({ layout })
    const garbage = ['', '{', '[]', '"x"', '{}', 'null', '0', '{"weight":', '\0', '\u{1f600}', 'x'.repeat(100_000)]
    await writer.createNull(`${root}/one/10.0.0.9:9`)
    for (const [index, data] of garbage.entries()) await writer.create(`${root}/one/10.0.0.3:${index + 1}`, data)
    await writer.create(`${root}/one/10.0.0.3:100`, Buffer.from([0xff, 0xfe, 0x00, 0x80]))
    const driven = drive(adapter)
    const has = (id: string) => until(id, () => driven.view?.get('one')?.some((instance) => instance.id === id))
    await writer.create(`${root}/one/${A}`)
    await has(A)
    proxy.cut()
    await writer.create(`${root}/one/${B}`)
    await has(B)
    await has('10.0.0.9:9')
    await writer.set(`${root}/one/${A}`, '\xff')
    await writer.create(`${root}/one/10.0.0.7:7`)
    await has('10.0.0.7:7')
    expect(driven.errors).toHaveLength(1)
  })
})

function registration(port: number): string {
  return JSON.stringify({ IP: '10.0.0.1', PublicPort: port, Tags: null, Attrs: null })
}

async function inBatches(count: number, task: (index: number) => Promise<void>): Promise<void> {
  const SIZE = 200
  for (let from = 0; from < count; from += SIZE)
    await Promise.all(Array.from({ length: Math.min(SIZE, count - from) }, (_, index) => task(from + index)))
}

function same(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
