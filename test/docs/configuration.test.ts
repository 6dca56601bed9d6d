import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parse as parseServices } from '../../adapters/static-file/parse.ts'
import { builtins } from '../../src/builtins.ts'
import { Catalog } from '../../src/catalog/catalog.ts'
import { parseConfig } from '../../src/config/index.ts'
import { configSchema } from '../../src/config/json-schema.ts'
import { blocks, page, pages, rows } from './pages.ts'

const described = rows(page('configuration'))

it.each([
  ['zookeeper', 'registry.options.sessionTimeout'],
  ['etcd', 'registry.options.heartbeat'],
  ['dns', 'registry.options.refresh.max'],
])('has a row for every key of config/%s.yaml, such as %s', (file, one) => {
  const keys = pathsOf(parse(readFileSync(`config/${file}.yaml`, 'utf8')))
  expect(keys).toContain(one)
  expect(keys.map(ofAnyService).filter((key) => !described.has(key) && !MAPPINGS.includes(key))).toEqual([])
})

it('has a row for every key of the schema, with its default', () => {
  const keys = schemaPaths(configSchema(new Catalog()) as Node)
  expect(keys.size).toBeGreaterThan(60)
  const wrong = [...keys].filter(([key, preset]) => {
    const row = described.get(key) ?? described.get(ofAllServices(key))
    // A default that is a mapping or a list of them is told in words.
    return !row || (isPlain(preset) && !row.includes(`\`${preset}\``))
  })
  expect(wrong).toEqual([])
})

it('has a row for every option of the adapters', () => {
  const options = adapterOptions()
  expect(options).toContain('registry.options.tls.serverName')
  expect(options.filter((key) => !described.has(key) && !MAPPINGS.includes(key))).toEqual([])
})

it('has no row for a key that does not exist', () => {
  const known = new Set([...schemaPaths(configSchema(new Catalog()) as Node).keys(), ...adapterOptions()])
  const unknown = [...described.keys()].filter((key) => key.includes('.') && !known.has(key) && !key.includes('/'))
  expect(unknown).toEqual([])
})

it('names every built-in strategy and middleware, and nothing else in their tables', () => {
  const named = [...described.keys()].filter((key) => !key.includes('.') && !TOP_LEVEL.includes(key))
  const known = builtins.flatMap(({ kind, name }) => (kind === 'adapter' ? [] : [name]))
  expect(named.sort()).toEqual(known.sort())
})

describe.each([...pages()])('%s', (_path, text) => {
  const yaml = blocks(text, 'yaml')

  it('shows configurations in which nothing is wrong', async () => {
    for (const block of yaml.filter((block) => !block.startsWith('# services.yaml'))) {
      const whole = /^registry:/m.test(block)
        ? block
        : `${block}\nregistry: { type: static-file, options: { path: s } }\n`
      await expect(parseConfig(whole, 'gateway.yaml', { builtins, env: {} })).resolves.toBeDefined()
    }
  })

  it('shows files of services that can be read', () => {
    for (const block of yaml.filter((block) => block.startsWith('# services.yaml'))) {
      const dropped: string[] = []
      expect(parseServices('services.yaml', block, (...what) => dropped.push(what.join(' '))).size).toBeGreaterThan(0)
      expect(dropped).toEqual([])
    }
  })
})

const TOP_LEVEL = Object.keys((configSchema(new Catalog()) as Node).properties!)
/** They have a row for each of their keys. */
const MAPPINGS = ['registry.options.refresh', 'registry.options.services.<name>']

/** What a service sets over the file has its row there. */
const ofAllServices = (key: string) => key.replace(/^services\.<name>\.(?=.*\.)/, '')
const ofAnyService = (key: string) => key.replace(/^(registry\.options\.services)\.[^.]+/, '$1.<name>')

/** What the built-in adapters can be set to: the branches of the schema that editors complete. */
function adapterOptions(): string[] {
  const { definitions } = configSchema(new Catalog(builtins)) as Node
  const branches = definitions!.adapter!.anyOf!.flatMap(({ allOf = [] }) => allOf)
  return branches.flatMap(({ then }) => {
    const { properties, additionalProperties: _, ...rest } = then!.properties!.options!
    return [...schemaPaths({ ...rest, properties: properties! }).keys()].map((key) => `registry.options.${key}`)
  })
}

function pathsOf(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => (isPlain(item) ? [] : pathsOf(item, `${at}[]`)))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = at ? `${at}.${key}` : key
    return [path, ...pathsOf(inner, path)]
  })
}

interface Node {
  readonly $ref?: string
  readonly default?: unknown
  readonly definitions?: Readonly<Record<string, Node>>
  readonly properties?: Readonly<Record<string, Node>>
  readonly additionalProperties?: Node | boolean
  readonly items?: Node
  readonly anyOf?: readonly Node[]
  readonly allOf?: readonly Node[]
  readonly then?: Node
}

/** Every key that the schema knows, with its default. Plugins named within lists and services are not followed again. */
function schemaPaths(root: Node): Map<string, unknown> {
  const found = new Map<string, unknown>()
  visit(root, '')
  return found

  function visit(node: Node, at: string): void {
    if (node.$ref) {
      const name = node.$ref.replace('#/definitions/', '')
      const isPlugin = ['adapter', 'strategy', 'middleware'].includes(name)
      if (!isPlugin || ['registry', 'balancing'].includes(at)) visit(root.definitions![name]!, at)
    }
    for (const branch of [...(node.anyOf ?? []), ...(node.allOf ?? [])]) visit(branch, at)
    if (node.items) visit(node.items, at.endsWith('[]') ? at : `${at}[]`)
    const each = node.additionalProperties
    if (at === 'services' && typeof each === 'object') enter('services.<name>', each)
    for (const [key, inner] of Object.entries(node.properties ?? {})) enter(at ? `${listed(at)}.${key}` : key, inner)
  }

  function enter(path: string, node: Node): void {
    if (!found.has(path)) found.set(path, node.default)
    visit(node, path)
  }

  /** `routing` is one mode or a list of them; the page speaks of the list. */
  function listed(at: string): string {
    return at === 'routing' ? 'routing[]' : at
  }
}

function isPlain(value: unknown): boolean {
  return value !== undefined && (typeof value !== 'object' || value === null)
}
