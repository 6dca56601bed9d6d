import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { pluginLoader } from '../../src/catalog/load.ts'
import type { StrategyPlugin } from '../../src/plugin/index.ts'
import { strategyContract } from '../contract/index.ts'
import { blocks, pages } from './pages.ts'

it.each([
  ['docs/plugins.md', ['strategy', 'strategy', 'adapter', 'middleware']],
  ['README.md', ['strategy']],
])('%s shows plugins that can be loaded as they are: %j', async (path, kinds) => {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-docs-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const load = pluginLoader(folder)
  const brought = []
  for (const [index, code] of blocks(pages().get(path)!, 'ts').filter(exportsOne).entries()) {
    await writeFile(join(folder, `${index}.ts`), code)
    const { plugins, defects } = await load(`./${index}.ts`)
    expect(defects).toEqual([])
    expect(code.trimEnd().split('\n').length).toBeLessThanOrEqual(25)
    brought.push(...plugins)
  }
  expect(brought.map(({ kind }) => kind)).toEqual(kinds)
  for (const plugin of brought)
    if (plugin.kind === 'strategy') for (const law of strategyContract(plugin as StrategyPlugin)) await law.run()
})

const exportsOne = (code: string) => code.includes('export default')
