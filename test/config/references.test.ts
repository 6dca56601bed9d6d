import { expect, it } from 'vitest'
import { parseConfig } from '../../src/config/load.ts'
import type { ConfigError } from '../../src/config/problems.ts'
import type { Plugin, Schema } from '../../src/plugin/index.ts'
import { builtins, configOf, problemsIn, REGISTRY } from './support.ts'

it('takes a bare name for a plugin without options', async () => {
  const { balancing, middleware } = await configOf('balancing: peak-ewma\nmiddleware: [request-id, { type: cors }]')
  expect(balancing).toEqual({ type: 'peak-ewma', options: { decay: 10_000 } })
  expect(middleware).toEqual([
    { type: 'request-id', options: undefined },
    { type: 'cors', options: { origin: '*' } },
  ])
})

it('gives options the types that their schema gives them', async () => {
  const { balancing } = await configOf('balancing: { type: peak-ewma, options: { decay: 3s } }')
  expect(balancing.options).toEqual({ decay: 3000 })
})

it.each(['options: {}', 'options:', ''])('takes "%s" for no options', async (options) => {
  expect((await configOf(`balancing:\n  type: p2c\n  ${options}\n`)).balancing.options).toBeUndefined()
})

it.each([
  ['balancing: { type: p2c, options: { a: 1, b: 2 } }', '1:36  balancing.options.a: strategy "p2c" takes no options'],
  ['balancing: { type: p2c, options: [1] }', '1:34  balancing.options: expected a mapping, got a list'],
  [
    'balancing: { type: peak-ewma, options: { decay: 3 } }',
    '1:49  balancing.options.decay: "3" has no unit; write "3s" or "3ms"',
  ],
  [
    'balancing: { type: p2c, option: {} }',
    '1:25  balancing.option: unknown key "option"; did you mean "options"? known: type, options',
  ],
  ['balancing: { options: {} }', '1:1  balancing.type: is required'],
  ['balancing: [p2c]', '1:12  balancing: expected text or a mapping, got a list'],
  [
    'balancing: static-file',
    '1:12  balancing.type: unknown strategy "static-file"; known: p2c, peak-ewma, random, round-robin',
  ],
  ['middleware: request-id', '1:13  middleware: expected a list, got "request-id"'],
  [
    'middleware: [{ type: cors, options: { maxAge: "1" } }]',
    '1:47  middleware[0].options.maxAge: expected a number, got "1"; write it without quotes',
  ],
])('refuses %j', async (text, problem) => {
  expect((await problemsIn(text))[0]).toBe(problem)
})

it('reports a required option where the options are, or where they should be', async () => {
  const error = await parseConfig('registry:\n  type: static-file\n', 'g.yaml', { builtins, env: {} }).catch((e) => e)
  expect(error.message).toBe('g.yaml:1:1  registry.options.path: is required')
})

const schema = (validate: Schema<unknown>['~standard']['validate']): Schema<unknown> => ({
  '~standard': { version: 1, vendor: 'other', validate },
})
const withStrategy = (options: Schema<unknown>) => {
  const plugin: Plugin = { kind: 'strategy', name: 'custom', options, create: () => ({ pick: ([first]) => first! }) }
  const text = `${REGISTRY}balancing: { type: custom, options: { hosts: [a, { port: 1 }] } }\n`
  return parseConfig(text, 'g.yaml', { builtins: [...builtins, plugin], env: {} })
}
const messageOf = (loading: Promise<unknown>) => loading.catch((error: ConfigError) => error.message)

it('takes any Standard Schema, and one that answers later', async () => {
  const { config } = await withStrategy(schema(async () => ({ value: 'typed' })))
  expect(config.balancing.options).toBe('typed')
})

it('finds the place of an issue by its path, however segments are written', async () => {
  const path = ['hosts', { key: 1 }, 'port']
  const message = await messageOf(withStrategy(schema(() => ({ issues: [{ message: 'is taken', path }] }))))
  expect(message).toBe('g.yaml:2:58  balancing.options.hosts[1].port: is taken')
})

it('points at the options for an issue without a path, and survives a schema that throws', async () => {
  expect(await messageOf(withStrategy(schema(() => ({ issues: [{ message: 'no' }] }))))).toBe(
    'g.yaml:2:37  balancing.options: no',
  )
  const throwing = schema(() => {
    throw new Error('oops')
  })
  expect(await messageOf(withStrategy(throwing))).toBe(
    'g.yaml:2:37  balancing.options: the plugin failed to check its options: oops',
  )
})
