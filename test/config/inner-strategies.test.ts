import { expect, it } from 'vitest'
import { z } from 'zod'
import { Catalog } from '../../src/catalog/catalog.ts'
import { configSchema } from '../../src/config/json-schema.ts'
import { parseConfig } from '../../src/config/load.ts'
import type { ConfigError } from '../../src/config/problems.ts'
import { defineStrategy, type Plugin } from '../../src/plugin/index.ts'
import { violations } from './draft7.ts'
import { builtins, REGISTRY } from './support.ts'

const create = () => ({ pick: <T>(endpoints: readonly T[]) => endpoints[0]! })
const around = (name: string, strategy: z.ZodType) => {
  const options = z.strictObject({ strategy, cookie: z.string().default('id') })
  return defineStrategy({ name, options, inner: 'strategy', create })
}
const plugins: readonly Plugin[] = [
  ...builtins,
  around('sticky', z.unknown().default('p2c')),
  around('zone', z.unknown().default({ type: 'peak-ewma' })),
  around('bare', z.unknown()),
  around('endless', z.unknown().default('endless')),
]

const parse = (text: string) => parseConfig(text + REGISTRY, 'g.yaml', { builtins: plugins, env: {} })
const optionsOf = async (text: string) => (await parse(`balancing: ${text}\n`)).config.balancing.options
const messageOf = (text: string) =>
  parse(`balancing: ${text}\n`).then(
    () => 'nothing is wrong',
    ({ message }: ConfigError) => message,
  )

it.each([
  ['sticky', { type: 'p2c', options: undefined }],
  ['{ type: sticky, options: { strategy: random } }', { type: 'random', options: undefined }],
  [
    '{ type: sticky, options: { strategy: { type: peak-ewma, options: { decay: 3s } } } }',
    { type: 'peak-ewma', options: { decay: 3000 } },
  ],
  ['zone', { type: 'peak-ewma', options: { decay: 10_000 } }],
])('checks the strategy within %s, and hands it over with its options', async (text, strategy) => {
  expect(await optionsOf(text)).toEqual({ strategy, cookie: 'id' })
})

it('goes as deep as they are written', async () => {
  const inner = { type: 'peak-ewma', options: { decay: 10_000 } }
  const zone = { type: 'zone', options: { strategy: inner, cookie: 'id' } }
  expect(await optionsOf('{ type: sticky, options: { strategy: zone } }')).toEqual({ strategy: zone, cookie: 'id' })
})

it.each([
  [
    '{ type: sticky, options: { strategy: p2cc } }',
    'g.yaml:1:49  balancing.options.strategy.type: unknown strategy "p2cc"; did you mean "p2c"?',
  ],
  [
    '{ type: sticky, options: { strategy: { type: peak-ewma, options: { decay: 3 } } } }',
    'g.yaml:1:86  balancing.options.strategy.options.decay: "3" has no unit; write "3s" or "3ms"',
  ],
  [
    '{ type: sticky, options: { strategy: { type: zone, options: { strategy: { type: p2c, options: { a: 1 } } } } } }',
    'g.yaml:1:108  balancing.options.strategy.options.strategy.options.a: strategy "p2c" takes no options',
  ],
  [
    '{ type: sticky, options: { strategy: 3 } }',
    'g.yaml:1:49  balancing.options.strategy: expected text or a mapping, got 3',
  ],
  [
    '{ type: sticky, options: { strategy: { typ: p2c } } }',
    'g.yaml:1:39  balancing.options.strategy.type: is required',
  ],
  ['bare', 'g.yaml:1:12  balancing.options.strategy: is required'],
  ['endless', 'is a strategy within itself, without an end'],
])('finds what is wrong within %s', async (text, message) => {
  expect(await messageOf(text)).toContain(message)
})

it('finds it also where the options around it are wrong', async () => {
  expect((await messageOf('{ type: sticky, options: { cookie: 3, strategy: p2cc } }')).split('\n')).toEqual([
    expect.stringContaining('balancing.options.cookie: expected text'),
    expect.stringContaining('balancing.options.strategy.type: unknown strategy'),
  ])
})

it('offers the strategies to editors', () => {
  const schema = configSchema(new Catalog(plugins))
  const wrongIn = (strategy: unknown) =>
    violations(schema, { registry: 'any', balancing: { type: 'sticky', options: { strategy } } })
  expect(wrongIn('p2c')).toEqual([])
  expect(wrongIn({ type: 'peak-ewma', options: { decay: '3s' } })).toEqual([])
  expect(wrongIn({ type: 'p2c', options: { a: 1 } })).not.toEqual([])
  expect(wrongIn({ typ: 'p2c' })).not.toEqual([])
})
