import type { Plugin } from '../plugin/index.ts'
import { nearest } from './suggest.ts'

const KINDS = ['adapter', 'strategy', 'middleware']
const NAME = /^[a-z][a-z0-9-]*$/

/** What a loaded module brings, and what is wrong with the rest of it. */
export interface Brought {
  readonly plugins: readonly Plugin[]
  readonly defects: readonly string[]
}

/** Takes the plugins out of a module: its default export, or the module itself when CommonJS says it that way. */
export function pluginsOf(module: unknown): Brought {
  const value = defaultExport(module)
  if (value === undefined)
    return { plugins: [], defects: ['has no default export; export a plugin or an array of them'] }
  const list = Array.isArray(value) ? value : [value]
  if (list.length === 0) return { plugins: [], defects: ['exports an empty array; it brings no plugin'] }
  const checked = list.map((plugin, index) => ({ plugin, defects: defectsOf(plugin).map(within(list, index)) }))
  return {
    plugins: checked.filter(({ defects }) => defects.length === 0).map(({ plugin }) => plugin as Plugin),
    defects: checked.flatMap(({ defects }) => defects),
  }
}

function defaultExport(module: unknown): unknown {
  if (!isObject(module)) return undefined
  if (!('default' in module)) return Array.isArray(module) || looksLikePlugin(module) ? module : undefined
  const value = module.default
  // Compiled from ES modules to CommonJS, and imported: the namespace wraps the exports, which wrap the default.
  // And a default that is nothing is shown by jiti as the module itself.
  const wrapped = isObject(value) && 'default' in value && (value.__esModule || value.default == null)
  return wrapped ? value.default : value
}

/** Everything that keeps `value` from being a plugin. */
export function defectsOf(value: unknown): string[] {
  if (!isObject(value)) return [`is ${value === null ? 'null' : `a ${typeof value}`}, not a plugin object`]
  const { kind, name, create, options, inner } = value
  return [
    ...(KINDS.includes(kind as string) ? [] : [kindDefect(kind)]),
    ...(typeof name === 'string' && NAME.test(name) ? [] : [nameDefect(name)]),
    ...(typeof create === 'function' ? [] : ['create is not a function']),
    ...(options === undefined || isSchema(options) ? [] : ['options is not a Standard Schema (zod, valibot, arktype)']),
    ...(inner === undefined || (isText(inner) && options !== undefined)
      ? []
      : ['inner does not name one of its options']),
  ]
}

function kindDefect(kind: unknown): string {
  const known = KINDS.map((name) => `"${name}"`).join(', ')
  if (typeof kind !== 'string') return `has no kind; one of ${known}`
  const meant = nearest(kind, KINDS)
  return `kind "${kind}" is not one of ${known}${meant ? `; did you mean "${meant}"?` : ''}`
}

function nameDefect(name: unknown): string {
  if (typeof name !== 'string') return 'has no name'
  return `name ${JSON.stringify(name)} is not in lower case letters, digits and dashes, beginning with a letter`
}

function within(list: readonly unknown[], index: number): (defect: string) => string {
  return (defect) => (list.length > 1 ? `plugin ${index + 1} of ${list.length}: ${defect}` : defect)
}

const isSchema = (value: unknown) => {
  const standard = isObject(value) || typeof value === 'function' ? (value as Fields)['~standard'] : undefined
  return isObject(standard) && typeof standard.validate === 'function'
}

const isText = (value: unknown) => typeof value === 'string' && value !== ''

const looksLikePlugin = (value: Fields) => 'kind' in value || 'create' in value

type Fields = Record<string, unknown>
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null
