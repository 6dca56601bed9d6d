import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { Catalog } from '../../src/catalog/catalog.ts'
import { configSchema, renderSchema } from '../../src/config/json-schema.ts'
import { violations } from './draft7.ts'
import { builtins, REGISTRY } from './support.ts'

const schema = configSchema(new Catalog(builtins))
const wrongIn = (text: string) => violations(schema, parse(REGISTRY + text))

it.each(['config/gateway.yaml', 'config/zookeeper.yaml'])('finds nothing wrong with %s', (file) => {
  expect(violations(schema, parse(readFileSync(file, 'utf8')))).toEqual([])
})

it.each([
  ['sever: {}', '/sever: additionalProperties'],
  ['server: { port: 70000 }', '/server/port: maximum'],
  ['server: { workers: many }', '/server/workers: const'],
  ['upstream: { connectTimeout: 30 }', '/upstream/connectTimeout: type'],
  ['log: { level: loud }', '/log/level: enum'],
  ['routing: { mode: path, perfix: / }', '/routing/perfix: additionalProperties'],
  ['services: { a/b: {} }', '/services/a/b: pattern'],
  ['services: { a: { upstream: { conections: 1 } } }', '/services/a/upstream/conections: additionalProperties'],
  ['balancing: { type: p2c, options: { a: 1 } }', '/balancing/options: maxProperties'],
  ['balancing: { type: peak-ewma, options: { decy: 3s } }', '/balancing/options/decy: additionalProperties'],
  ['middleware: [{ type: cors, options: { maxAge: x } }]', '/middleware/0/options/maxAge: type'],
])('finds what is wrong with %j', (text, problem) => {
  expect(wrongIn(text)).toContain(problem)
})

it('wants a registry, and of a plugin what its schema wants', () => {
  expect(violations(schema, {})).toEqual(['/registry: required'])
  expect(violations(schema, { registry: { type: 'zookeeper' } })).toEqual(['/registry/options: required'])
})

it('lets variables stand for numbers, booleans, words and units', () => {
  const text = `
routing: [{ mode: "\${MODE}" }]
server: { port: "\${PORT}", workers: "\${WORKERS}", limits: { bodyBytes: "\${BODY:-null}" } }
upstream: { connectTimeout: "\${TIMEOUT}" }
log: { level: "\${LEVEL}", access: "\${ACCESS}" }
middleware: [{ type: cors, options: { maxAge: "\${AGE}" } }]`
  expect(wrongIn(text)).toEqual([])
})

it('lets plugins be named that it does not know', () => {
  expect(wrongIn('balancing: canary\nmiddleware: [{ type: mine, options: { a: 1 } }]')).toEqual([])
})

it('describes every key, and gives defaults as they would be written', () => {
  expect(schema.properties?.upstream).toMatchObject({
    description: 'Connections to instances.',
    properties: { connectTimeout: { description: expect.any(String), default: '1s' } },
  })
  expect(undescribed(schema)).toEqual([])
})

it('completes the names of plugins', () => {
  expect(JSON.stringify(schema.definitions)).toContain('["p2c","peak-ewma","random","round-robin"]')
})

it('renders as a file: indented, with a line end', () => {
  expect(renderSchema(new Catalog())).toMatch(/^\{\n {2}"title".*\n\}\n$/s)
})

function undescribed(node: unknown, at = ''): string[] {
  if (typeof node !== 'object' || node === null || at.endsWith('/then')) return []
  const { properties } = node as { properties?: Record<string, { description?: string }> }
  const bare = Object.entries(properties ?? {}).filter(([, value]) => !value.description && !at.includes('/if'))
  const inner = Object.entries(node).flatMap(([key, value]) => undescribed(value, `${at}/${key}`))
  return [...bare.map(([key]) => `${at}/${key}`), ...inner]
}
