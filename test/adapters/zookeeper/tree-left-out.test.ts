import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { zookeeper } from '../../../adapters/zookeeper/index.ts'
import { subject } from '../../support/adapter.ts'
import { until } from '../../support/until.ts'
import { scratchRoot, sharedZooKeeper, startZooKeeper } from '../../support/zookeeper.ts'
import { Bulk } from '../../support/zookeeper-bulk.ts'

const A = '10.0.0.1:80'
const B = '10.0.0.2:80'

describe('an instance', () => {
  it.each([
    ['without a port', '10.0.0.1', ''],
    ['with port 0', '10.0.0.1:0', ''],
    ['with port 70000', '10.0.0.1:70000', ''],
    ['with spaces in its host', '10.0.0.1 or so:80', ''],
    ['with a slash in its host', 'x', '{"IP":"10.0.0.1/evil","PublicPort":80}'],
    ['with a port that is none', 'x', '{"IP":"10.0.0.1","PublicPort":"eighty"}'],
  ])('%s is left out with one warning, and its neighbours stay', async (_what, name, data) => {
    const { root, writer, adapter, follow, warnings } = await scratch()
    await writer.create(`${root}/one/${A}`)
    await writer.create(`${root}/one/${name}`, data)
    const following = follow()
    await following.shows({ one: [A] })
    await writer.create(`${root}/one/${B}`)
    await following.shows({ one: [A, B] })
    await following.stop()
    const again = follow()
    await again.shows({ one: [A, B] })
    expect(warnings).toEqual([expect.stringContaining(`${root}/one/${name} left out: `)])
    expect([...adapter.leftOut!()]).toEqual([{ place: `${root}/one/${name}`, reason: expect.any(String) }])
    await writer.remove(`${root}/one/${name}`)
    await until('nothing left out', () => [...adapter.leftOut!()].length === 0)
  })

  it('is complained about again when something else is wrong with it, and no more when it is mended', async () => {
    const { root, writer, adapter, follow, warnings } = await scratch()
    const path = `${root}/one/${A}`
    const says = (port: unknown) => JSON.stringify({ IP: '10.0.0.1', PublicPort: port })
    await writer.create(path, says(0))
    const following = follow()
    await following.shows({ one: [] })
    await writer.set(path, says(0))
    await writer.set(path, says(70_000))
    await until('a second warning', () => warnings.length === 2)
    await writer.set(path, says(80))
    await following.shows({ one: [A] })
    expect([...adapter.leftOut!()]).toEqual([])
    expect(warnings).toHaveLength(2)
  })

  it('that was mended or removed while nobody was connected is left out no more', async () => {
    const { root, writer, adapter, follow } = await scratch()
    for (const name of ['mended', 'removed', 'bad']) await writer.create(`${root}/one/${name}`)
    const following = follow()
    await following.shows({ one: [] })
    expect([...adapter.leftOut!()]).toHaveLength(3)
    await following.stop()
    await writer.set(`${root}/one/mended`, '{"IP":"10.0.0.1","PublicPort":80}')
    await writer.remove(`${root}/one/removed`)
    await follow().shows({ one: [A] })
    expect([...adapter.leftOut!()].map(({ place }) => place)).toEqual([`${root}/one/bad`])
  })

  it('with 2 MB of data is left out, its neighbours are not', async () => {
    const { address, bulk } = await roomyServer()
    await bulk.create(['/services', '/services/one', `/services/one/${A}`, `/services/one/${B}`], (path) =>
      path.endsWith(A) ? Buffer.alloc(2e6, 'x') : '',
    )
    const { adapter, follow, warnings } = await subject(zookeeper, { hosts: address })
    await follow().shows({ one: [B] })
    const reason = 'it has 2000000 bytes of data; the most is 1048576'
    expect([...adapter.leftOut!()]).toEqual([{ place: `/services/one/${A}`, reason }])
    expect(warnings).toEqual([`/services/one/${A} left out: ${reason}`])
  })
})

describe('a service', () => {
  it('with a name that is none is left out until it is gone', async () => {
    const { root, writer, adapter, follow } = await scratch()
    await writer.create(`${root}/no service/${A}`)
    await writer.create(`${root}/one/${A}`)
    const following = follow()
    await following.shows({ one: [A] })
    expect([...adapter.leftOut!()].map(({ place }) => place)).toEqual([`${root}/no service`])
    await writer.removeTree(`${root}/no service`)
    await until('nothing left out', () => [...adapter.leftOut!()].length === 0)
  })

  it('of 50,000 instances has the first 10,000, with one warning, and the others go on', {
    timeout: 60_000,
  }, async () => {
    const { root, writer, adapter, follow, warnings } = await scratch()
    const bulk = await Bulk.open(sharedZooKeeper())
    const name = (at: number) => `10.0.${at >> 8}.${at & 255}:80`
    const paths = Array.from({ length: 50_000 }, (_, at) => `${root}/huge/${name(at)}`)
    await bulk.create([root, `${root}/huge`, `${root}/one`, ...paths])
    onTestFinished(async () => {
      await bulk.remove(paths)
      bulk.close()
    })
    const following = follow()
    const view = await following.until((view) => view.get('huge')?.length === 10_000)
    const first = paths.map((path) => path.slice(path.lastIndexOf('/') + 1)).sort()
    expect(view.get('huge')!.map(({ id }) => id)).toEqual(first.slice(0, 10_000))
    const reason = 'all but the first 10000 of its 50000 children'
    expect([...adapter.leftOut!()]).toEqual([{ place: `${root}/huge`, reason }])
    await writer.create(`${root}/huge/a:80`)
    await writer.create(`${root}/one/${A}`)
    const after = await following.until((view) => view.get('one')?.length === 1)
    expect(after.get('huge')).toBe(view.get('huge'))
    await until('it is counted', () => [...adapter.leftOut!()].some((one) => one.reason.includes('50001')))
    expect(warnings).toEqual([`${root}/huge left out: ${reason}`])
    await writer.remove(`${root}/huge/a:80`)
  })
})

describe('what an ACL hides', () => {
  it('is tried again every 30 s, for no watch tells that it is hidden no more', async () => {
    const { root, writer, adapter, follow, warnings } = await scratch()
    for (const path of [`${root}/one/${A}`, `${root}/two`]) await writer.createUnreadable(path)
    await writer.create(`${root}/two/${B}`)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const following = follow()
    await following.shows({ one: [] })
    expect([...adapter.leftOut!()].map(({ place }) => place).sort()).toEqual([`${root}/one/${A}`, `${root}/two`])
    const bulk = await Bulk.open(sharedZooKeeper())
    for (const path of [`${root}/one/${A}`, `${root}/two`]) await bulk.open(path)
    bulk.close()
    vi.advanceTimersByTime(30_000)
    vi.useRealTimers()
    await following.shows({ one: [A], two: [B] })
    expect([...adapter.leftOut!()]).toEqual([])
    expect(warnings).toHaveLength(2)
  })
})

/** A server that takes more data in a node than it does by default. */
async function roomyServer() {
  const before = process.env.JAVA_TOOL_OPTIONS
  process.env.JAVA_TOOL_OPTIONS = '-Djute.maxbuffer=8000000'
  const server = await startZooKeeper().finally(() => {
    if (before === undefined) delete process.env.JAVA_TOOL_OPTIONS
    else process.env.JAVA_TOOL_OPTIONS = before
  })
  onTestFinished(() => server.stop())
  const bulk = await Bulk.open(server.address)
  onTestFinished(() => bulk.close())
  return { address: server.address, bulk }
}

async function scratch() {
  const { root, writer } = await scratchRoot()
  return { root, writer, ...(await subject(zookeeper, { hosts: sharedZooKeeper(), root })) }
}
