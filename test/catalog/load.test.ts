import { createMiddleware } from 'hono/factory'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { pluginLoader } from '../../src/catalog/load.ts'
import * as porch from '../../src/plugin/index.ts'
import { folder } from './folder.ts'

const BARE = "{ kind: 'strategy', name: 'first', create: () => ({ pick: (endpoints) => endpoints[0] }) }"

async function load(files: Record<string, string>, named = `./${Object.keys(files)[0]}`) {
  const { plugins, defects } = await pluginLoader(folder(files))(named)
  expect(defects).toEqual([])
  return plugins
}

it('loads a bare object, which imports nothing', async () => {
  for (const name of ['first.ts', 'first.mjs']) {
    const [plugin] = await load({ [name]: `export default ${BARE}` })
    expect(plugin).toMatchObject({ kind: 'strategy', name: 'first' })
  }
})

it('loads JavaScript in a package of type module, and without one', async () => {
  const text = `import { defineStrategy } from 'portolan/plugin'\nexport default defineStrategy(${BARE})`
  expect(await load({ 'a.js': text, 'package.json': '{ "type": "module" }' })).toHaveLength(1)
  expect(await load({ 'a.js': text })).toHaveLength(1)
})

it('loads CommonJS that requires the porch', async () => {
  const text = `const { defineStrategy } = require('portolan/plugin')\nmodule.exports = defineStrategy(${BARE})`
  for (const name of ['a.js', 'a.cjs']) expect((await load({ [name]: text }))[0]).toMatchObject({ name: 'first' })
  expect(await load({ 'a.cjs': `module.exports = [${BARE}]` })).toHaveLength(1)
  expect(await load({ 'a.cjs': `exports.__esModule = true; exports.default = ${BARE}` })).toHaveLength(1)
})

it('loads TypeScript that Node alone could not, with a helper beside it', async () => {
  const plugins = await load({
    'canary.ts': `
      import { defineStrategy, type Endpoint } from 'portolan/plugin'
      import { first } from './helper.js'
      enum Mode { First = 'first' }
      class Picker { constructor(private mode: Mode) {} pick(endpoints: readonly Endpoint[]) { return first(endpoints) } }
      export default [defineStrategy({ name: Mode.First, create: () => new Picker(Mode.First) })]`,
    'helper.ts': 'export const first = <T>(list: readonly T[]): T => list[0]!',
  })
  expect(plugins).toMatchObject([{ kind: 'strategy', name: 'first' }])
})

it('shares its own modules with plugins: the same instances, not copies', async () => {
  const text = `
    import * as porch from 'portolan/plugin'
    import { createMiddleware } from 'hono/factory'
    import { z } from 'zod'
    export default { kind: 'middleware', name: 'shared', create: () => {}, porch, createMiddleware, z }`
  for (const name of ['shared.ts', 'shared.mjs']) {
    const [plugin] = (await load({ [name]: text })) as unknown as Record<string, unknown>[]
    expect((plugin!.porch as typeof porch).defineMiddleware).toBe(porch.defineMiddleware)
    expect(plugin!.createMiddleware).toBe(createMiddleware)
    expect((plugin!.z as typeof z).ZodType).toBe(z.ZodType)
  }
})

it('lends hono, zod and yaml by all their exports', async () => {
  const plugins = await load({
    'lent.ts': `
      import { Hono } from 'hono'
      import { cors } from 'hono/cors'
      import { HTTPException } from 'hono/http-exception'
      import { z } from 'zod'
      import * as mini from 'zod/mini'
      import { parse } from 'yaml'
      if (parse('a: 1').a !== 1 || !new Hono() || !HTTPException || !mini.string) throw new Error('not lent')
      export default { kind: 'middleware', name: 'lent', options: z.object({}), create: () => cors() }`,
  })
  expect(plugins).toHaveLength(1)
})

it('finds a package in the node_modules next to the file, whatever its exports', async () => {
  const manifest = '{ "name": "@acme/first", "type": "module", "exports": { "import": "./main.js" } }'
  const main = `import { defineStrategy } from 'portolan/plugin'\nexport default defineStrategy(${BARE})`
  const at = 'node_modules/@acme/first'
  expect(await load({ [`${at}/package.json`]: manifest, [`${at}/main.js`]: main }, '@acme/first')).toHaveLength(1)
})

it('reads relative paths from the folder of the file, absolute ones as they are', async () => {
  const path = folder({ 'plugins/first.mjs': `export default ${BARE}` })
  expect((await pluginLoader(path)('./plugins/first.mjs')).plugins).toHaveLength(1)
  expect((await pluginLoader('/')(`${path}/plugins/first.mjs`)).plugins).toHaveLength(1)
})
