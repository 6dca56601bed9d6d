import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { folder } from '../catalog/folder.ts'
import { builtins, REGISTRY } from './support.ts'

const FIRST = `
import { z } from 'zod'
import { defineStrategy, duration } from 'portolan/plugin'
export default defineStrategy({
  name: 'first',
  options: z.strictObject({ window: duration().prefault('1s') }),
  create: () => ({ pick: (endpoints) => endpoints[0]! }),
})`

function load(files: Record<string, string>) {
  const path = folder(files)
  return loadConfig(join(path, 'gateway.yaml'), { builtins, env: {} })
}

const problemsOf = (files: Record<string, string>) =>
  load(files).then(
    () => [],
    ({ problems }) =>
      problems.map(
        (it: { line: number; column: number; path: string; message: string }) =>
          `${it.line}:${it.column} ${it.path}: ${it.message}`,
      ),
  )

it('adds the plugins of the file to the catalog, and checks their options like any', async () => {
  const yaml = `plugins: [./first.ts]\nbalancing: { type: first, options: { window: 5s } }\n${REGISTRY}`
  const { config, catalog } = await load({ 'gateway.yaml': yaml, 'first.ts': FIRST })
  expect(config.plugins).toEqual([join(config.file, '../first.ts')])
  expect(config.balancing).toEqual({ type: 'first', options: { window: 5000 } })
  expect(catalog.strategy('first').name).toBe('first')
  expect(catalog.names('strategy')).toContain('p2c')
})

it('reports the options of a loaded plugin in the words of the file', async () => {
  const yaml = `plugins: [./first.ts]\nbalancing: { type: first, options: { windw: 5s } }\n${REGISTRY}`
  expect(await problemsOf({ 'gateway.yaml': yaml, 'first.ts': FIRST })).toEqual([
    '2:38 balancing.options.windw: unknown key "windw"; did you mean "window"? known: window',
  ])
})

it('reports every defect at the entry that brings it', async () => {
  const yaml = `plugins:\n  - ./gone.ts\n  - ./broken.mjs\n  - ./bad.mjs\n${REGISTRY}`
  const files = { 'broken.mjs': "throw new Error('oops')", 'bad.mjs': "export default { kind: 'adapter', name: 'x' }" }
  expect(await problemsOf({ 'gateway.yaml': yaml, ...files })).toEqual([
    expect.stringMatching(/^2:5 plugins\[0\]: no such file: .*gone\.ts$/),
    '3:5 plugins[1]: failed to load: oops',
    '4:5 plugins[2]: create is not a function',
  ])
})

it('lets nobody take a name twice', async () => {
  const yaml = `plugins: [./first.ts, ./second.mjs]\n${REGISTRY}`
  const second = `const create = () => ({ pick: ([a]) => a })
    export default ['first', 'p2c'].map((name) => ({ kind: 'strategy', name, create }))`
  expect(await problemsOf({ 'gateway.yaml': yaml, 'first.ts': FIRST, 'second.mjs': second })).toEqual([
    '1:23 plugins[1]: strategy "first" is already brought by ./first.ts',
    '1:23 plugins[1]: strategy "p2c" is already brought by portolan',
  ])
})
