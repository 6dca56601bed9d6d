import { z } from 'zod'
import type { Catalog, PluginKind } from '../catalog/catalog.ts'
import type { Plugin } from '../plugin/index.ts'
import { type JsonSchema, optionsJsonSchema } from './options.ts'
import { writtenSchema } from './schema.ts'

const KINDS: readonly PluginKind[] = ['adapter', 'strategy', 'middleware']
const ENV: JsonSchema = { type: 'string', pattern: '\\$\\{' }

/** JSON Schema (draft-07) of the configuration file, for editors: every key, and the options of every plugin in `catalog`. */
export function configSchema(catalog: Catalog): JsonSchema {
  const base = z.toJSONSchema(writtenSchema, { io: 'input', target: 'draft-7' }) as JsonSchema
  // The references to plugins are definitions by the name of their kind; what they may be, the catalog says.
  const written = base.definitions as Record<string, JsonSchema>
  const refs = Object.fromEntries(KINDS.map((kind) => [kind, refSchema(kind, catalog, settingsOf(written[kind]))]))
  const definitions = { ...written, ...refs }
  return {
    title: 'Portolan configuration',
    ...(withEnv({ ...base, definitions }) as JsonSchema),
  }
}

/** The text of `schema.json`. */
export function renderSchema(catalog: Catalog): string {
  return `${JSON.stringify(configSchema(catalog), null, 2)}\n`
}

/** What stands beside the options of a plugin, and is the gateway's to know. */
function settingsOf(written: JsonSchema | undefined): object {
  const branches = (written?.anyOf ?? []) as readonly JsonSchema[]
  return branches.find(({ properties }) => properties)?.properties ?? {}
}

/** Completes the names that are known and accepts others: `plugins` may bring more than the editor knows of. */
function refSchema(kind: PluginKind, catalog: Catalog, settings: object): JsonSchema {
  const type = {
    description: `The name of a plugin: ${kind}.`,
    anyOf: [{ enum: catalog.names(kind) }, { type: 'string' }],
  }
  const plugins = catalog.names(kind).map((name) => catalog.find(kind, name)!)
  const mapping = {
    type: 'object',
    properties: { ...settings, type, options: { description: 'What the plugin is set to.', type: ['object', 'null'] } },
    required: ['type'],
    additionalProperties: false,
    ...(plugins.length > 0 && { allOf: plugins.map(optionsBranch) }),
  }
  return { anyOf: [type, mapping] }
}

function optionsBranch(plugin: Plugin): JsonSchema {
  const { $schema: _, ...options } = optionsOf(plugin)
  const required = Array.isArray(options.required) && options.required.length > 0 ? ['options'] : []
  return {
    if: { properties: { type: { const: plugin.name } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { options }, ...(required.length > 0 && { required }) },
  }
}

function optionsOf(plugin: Plugin): JsonSchema {
  const { name, options } = plugin
  if (!options) return { description: `${name} takes no options.`, type: ['object', 'null'], maxProperties: 0 }
  const schema = optionsJsonSchema(options) ?? {}
  return plugin.kind === 'strategy' && plugin.inner ? withStrategyAt(plugin.inner, schema) : schema
}

/** What an option is that names a strategy, the gateway knows better than the plugin. */
function withStrategyAt(name: string, schema: JsonSchema): JsonSchema {
  const said = schema.properties?.[name] as JsonSchema | undefined
  const { description = 'The strategy that it chooses with.', default: preset } = said ?? {}
  const option = { description, ...(preset !== undefined && { default: preset }), $ref: '#/definitions/strategy' }
  return { ...schema, properties: { ...schema.properties, [name]: option } }
}

const LISTS = ['anyOf', 'allOf']
const MAPS = ['properties', 'patternProperties', 'definitions', '$defs']
const SINGLES = ['items', 'additionalProperties', 'then', 'else', 'not']

/** Lets `${NAME}` stand wherever a single value is wanted; keys and names of plugins in conditions stay as they are. */
function withEnv(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withEnv)
  if (typeof schema !== 'object' || schema === null) return schema
  // A variable fits several alternatives, and `oneOf` wants a single one.
  const { oneOf, ...rest } = schema as JsonSchema
  const entries = Object.entries(oneOf === undefined ? schema : { ...rest, anyOf: oneOf })
  const inner: JsonSchema = Object.fromEntries(entries.map(([key, value]) => [key, descend(key, value)]))
  if (isStrictScalar(inner)) return orEnv(inner)
  if (inner.$ref !== undefined) return besideRef(inner)
  return Array.isArray(inner.anyOf) ? { ...inner, anyOf: flat(inner.anyOf) } : inner
}

/** What stands beside a `$ref` is ignored in draft-07, but not what stands beside an `allOf` of it. */
function besideRef({ $ref, ...beside }: JsonSchema): JsonSchema {
  return Object.keys(beside).length > 0 ? { ...beside, allOf: [{ $ref }] } : { $ref }
}

/** Alternatives of alternatives become alternatives, and the same is not said twice. */
function flat(branches: readonly JsonSchema[]): JsonSchema[] {
  const all = branches.flatMap((branch) => (isOnlyAnyOf(branch) ? branch.anyOf : [branch]))
  const distinct = new Map(all.map((branch) => [JSON.stringify(branch), branch]))
  return [...distinct.values()].sort((a, b) => Number(a === ENV) - Number(b === ENV))
}

const isOnlyAnyOf = (branch: JsonSchema): branch is { anyOf: JsonSchema[] } =>
  Array.isArray(branch.anyOf) && Object.keys(branch).length === 1

function descend(key: string, value: unknown): unknown {
  if (LISTS.includes(key) || SINGLES.includes(key)) return withEnv(value)
  if (!MAPS.includes(key) || typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, withEnv(schema)]))
}

function isStrictScalar({ type, enum: values, const: value, pattern }: JsonSchema): boolean {
  if (type === 'number' || type === 'integer' || type === 'boolean') return true
  return values !== undefined || value !== undefined || pattern !== undefined
}

/** Description and default stay outside, where editors look for them. */
function orEnv({ description, default: preset, ...strict }: JsonSchema): JsonSchema {
  return {
    ...(description !== undefined && { description }),
    ...(preset !== undefined && { default: preset }),
    anyOf: [strict, ENV],
  }
}
