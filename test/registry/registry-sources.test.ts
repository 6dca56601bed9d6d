import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { RegistryAdapter } from '../../src/plugin/index.ts'
import { fail, scripted, view } from '../contract/index.ts'
import { until } from '../support/until.ts'
import { A, B, snapshotAt, specOf, started } from './started.ts'

describe('a snapshot', () => {
  it('is served from when the registry cannot be read at the start, and says so', async () => {
    const snapshot = await snapshotAt()
    await snapshot.save(view({ a: [A] }))
    const adapter = scripted(fail('down'))
    const { registry, serves, said } = started(specOf(adapter, { snapshot }))
    await until('the snapshot is read', () => registry.complete)
    expect(serves('a')).toEqual([A])
    expect(registry.status.state).toBe('disk')
    expect(said()).toEqual(['the registry cannot be read', 'the gateway serves from its snapshot of the registry'])
  })

  it('is left aside when the registry can be read', async () => {
    const snapshot = await snapshotAt()
    await snapshot.save(view({ a: [A], old: [B] }))
    const adapter = scripted(view({ a: [B] }))
    const { registry, serves } = started(specOf(adapter, { snapshot }))
    await adapter.played
    expect([serves('a'), serves('old')]).toEqual([[B], undefined])
    expect(registry.status.state).toBe('live')
  })

  it('gives way to the first view as a stale one does: what is new comes, what is gone waits', async () => {
    const snapshot = await snapshotAt()
    await snapshot.save(view({ a: [A] }))
    let mended = () => {}
    const mend = new Promise<void>((resolve) => {
      mended = resolve
    })
    const adapter: RegistryAdapter = {
      async *watch(signal) {
        if (!snapshotRead) throw new Error('down')
        await mend
        yield view({ a: [B] })
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      },
    }
    let snapshotRead = false
    const { registry, serves } = started(specOf(adapter, { snapshot, settleMs: 60_000 }))
    await until('the snapshot is read', () => registry.complete)
    snapshotRead = true
    mended()
    await until('the registry is back', () => registry.status.state === 'recovering')
    await until('what is new is served', () => serves('a')?.length === 2)
    expect(registry.table.get('a')).toMatchObject({ held: [A] })
  })

  it('that is torn is ignored with one warning', async () => {
    const snapshot = await snapshotAt()
    await snapshot.save(view({ a: [A] }))
    await writeFile(snapshot.path, '{"format":"portolan-snap')
    const adapter = scripted(fail('down'), fail('down'))
    const { registry, context } = started(specOf(adapter, { snapshot }))
    await adapter.played
    await until('it is warned of', () => context.warnings.some((message) => message.includes('is ignored')))
    expect(context.warnings).toHaveLength(2)
    expect(registry.status.state).toBe('pending')
  })

  it('is written when something has changed, and at the end at the latest', async () => {
    const snapshot = await snapshotAt()
    const adapter = scripted(view({ a: [A], b: [] }))
    const { registry } = started(specOf(adapter, { snapshot }))
    await adapter.played
    await registry.close()
    expect(new Map((await snapshot.load())!.view)).toEqual(view({ a: [A], b: [] }))
  })
})

describe('several registries', () => {
  it('are one table, in their order', async () => {
    const [one, two] = [scripted(view({ a: [A], b: [A] })), scripted(view({ a: [B], c: [B] }))]
    const { registry, serves } = started(specOf(one), specOf(two, { name: 'two' }))
    await Promise.all([one.played, two.played])
    expect(['a', 'b', 'c'].map(serves)).toEqual([[A, B], [A], [B]])
    expect(['a', 'b', 'c', 'd'].map((service) => registry.standing(service)?.sources)).toEqual([
      ['one', 'two'],
      ['one'],
      ['two'],
      undefined,
    ])
  })

  it('are not hidden by one of them that cannot be read', async () => {
    const [broken, good] = [scripted(fail('down')), scripted(view({ a: [A] }))]
    const { registry, serves } = started(specOf(broken), specOf(good, { name: 'two' }))
    await Promise.all([broken.played, good.played])
    expect(serves('a')).toEqual([A])
    expect(registry.complete).toBe(true)
    expect(registry.status.state).toBe('pending')
    expect(registry.sources.map(({ name, state }) => `${name} ${state}`)).toEqual(['one pending', 'two live'])
  })

  it('are complete only when each has had its say', async () => {
    const [silent, good] = [scripted(), scripted(view({ a: [A] }))]
    const { registry } = started(specOf(silent), specOf(good, { name: 'two' }))
    await Promise.all([silent.played, good.played])
    expect(registry.complete).toBe(false)
  })

  it('keep what one of them has lost, and serve on what another one still names', async () => {
    const [one, two] = [scripted(view({ a: [A] }), view({})), scripted(view({ a: [A, B] }), view({ a: [A] }))]
    const { registry } = started(specOf(one, { settleMs: 1000 }), specOf(two, { name: 'two' }))
    await Promise.all([one.played, two.played])
    expect(registry.table.get('a')).toMatchObject({ instances: [{ id: A }], held: [], absent: false })
  })
})
