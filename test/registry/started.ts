import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { RegistryAdapter } from '../../src/plugin/index.ts'
import { originOf, Registry, type RegistryUpdate, SnapshotFile, type SourceSpec } from '../../src/registry/index.ts'
import { pluginContext, type Step, scripted } from '../contract/index.ts'

export const A = '10.0.0.1:80'
export const B = '10.0.0.2:80'

export function specOf(adapter: RegistryAdapter, fields: Partial<SourceSpec> = {}): SourceSpec {
  return { name: 'one', type: 'scripted', adapter, merge: 'union', onEmpty: 'hold', settleMs: 0, ...fields }
}

export function started(...specs: SourceSpec[]) {
  const context = pluginContext()
  const { log, now } = context
  const reached = new Set<string>()
  const registry = new Registry(specs, { log, now, delayMs: () => 0, reaches: async ({ id }) => reached.has(id) })
  onTestFinished(() => registry.close())
  const updates: RegistryUpdate[] = []
  registry.subscribe((update) => updates.push(update))
  registry.start()
  const serves = (service: string) => registry.table.get(service)?.instances.map(({ id }) => id)
  const told = () => context.entries.filter(({ level }) => level !== 'debug')
  const said = () =>
    told()
      .map(({ message }) => message)
      .filter((message) => message !== 'the registry has been read')
  return { context, registry, updates, serves, told, said, reached }
}

export async function played(...steps: Step[]) {
  const adapter = scripted(...steps)
  const all = started(specOf(adapter))
  await adapter.played
  return all
}

export async function snapshotAt(): Promise<SnapshotFile> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return new SnapshotFile(join(folder, 'snapshot.json'), originOf('one', 'scripted', undefined))
}
