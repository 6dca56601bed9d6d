import { join } from 'node:path'
import { expect, it } from 'vitest'
import { pluginLoader } from '../../src/catalog/load.ts'
import { folder } from './folder.ts'

const load = (text: string, name = 'plugin.mjs') => pluginLoader(folder({ [name]: text }))(`./${name}`)
const defectsIn = async (text: string, name?: string) => (await load(text, name)).defects

it('says where a missing file would be', async () => {
  const path = folder({})
  expect((await pluginLoader(path)('./gone.ts')).defects).toEqual([`no such file: ${join(path, 'gone.ts')}`])
})

it('says where a missing package was looked for', async () => {
  const path = folder({ 'canary.ts': '' })
  const load = pluginLoader(path)
  expect((await load('@acme/gone')).defects).toEqual([
    `no such package can be found from ${path}; is it installed there?`,
  ])
  expect((await load('canary.ts')).defects).toEqual(['no such package; a file is named by a path: write "./canary.ts"'])
})

it.each(['plugin.mjs', 'plugin.ts'])('wants a default export from %s', async (name) => {
  const expected = ['has no default export; export a plugin or an array of them']
  expect(await defectsIn("export const name = 'x'", name)).toEqual(expected)
  expect(await defectsIn('export default undefined', name)).toEqual(expected)
})

it('wants at least one plugin', async () => {
  expect(await defectsIn('export default []')).toEqual(['exports an empty array; it brings no plugin'])
  expect(await defectsIn('export default 3')).toEqual(['is a number, not a plugin object'])
})

it('names every defect of a plugin', async () => {
  expect(await defectsIn("export default { kind: 'stratgy', name: 'P2C', create: {}, options: {} }")).toEqual([
    'kind "stratgy" is not one of "adapter", "strategy", "middleware"; did you mean "strategy"?',
    'name "P2C" is not in lower case letters, digits and dashes, beginning with a letter',
    'create is not a function',
    'options is not a Standard Schema (zod, valibot, arktype)',
  ])
  expect(await defectsIn('export default {}')).toEqual([
    'has no kind; one of "adapter", "strategy", "middleware"',
    'has no name',
    'create is not a function',
  ])
})

it.each(["inner: 'strategy'", 'inner: 3, options: schema', "inner: '', options: schema"])(
  'refuses %s',
  async (fields) => {
    const schema = "const schema = { '~standard': { version: 1, vendor: 'x', validate: (value) => ({ value }) } }"
    const text = `${schema}; export default { kind: 'strategy', name: 'x', create() {}, ${fields} }`
    expect(await defectsIn(text)).toEqual(['inner does not name one of its options'])
  },
)

it('keeps the good plugins of an array and counts the bad ones', async () => {
  const good = "{ kind: 'adapter', name: 'good', create() {} }"
  const { plugins, defects } = await load(`export default [${good}, { kind: 'adapter', name: 'bad' }]`)
  expect(plugins.map(({ name }) => name)).toEqual(['good'])
  expect(defects).toEqual(['plugin 2 of 2: create is not a function'])
})

it('passes on what a module throws while it loads', async () => {
  expect(await defectsIn("throw new Error('no licence\\n  for you')")).toEqual(['failed to load: no licence for you'])
  expect(await defectsIn("throw 'text'", 'plugin.ts')).toEqual(['failed to load: text'])
})

it('says which import of a module is missing', async () => {
  const [defect] = await defectsIn("import 'no-such-package'\nexport default {}")
  expect(defect).toMatch(/^failed to load: Cannot find .*'no-such-package'/)
})

it('points at a syntax error', async () => {
  const [defect] = await defectsIn('export default {\n  kind: }', 'plugin.ts')
  expect(defect).toMatch(/^failed to load: .*Unexpected token.*plugin\.ts:2:8/)
})
