import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as porch from '../plugin/index.ts'

/** What plugin modules may import wherever they live, with no node_modules of their own. */
const LENT = ['hono', 'zod', 'yaml']
const CONDITIONS = ['node', 'import', 'default']

const require = createRequire(import.meta.url)
const compiled = import.meta.url.endsWith('.js')

/**
 * What plugins import without having it: this package, and all exports of the packages that it lends. This package and Hono are
 * the very instances that the gateway runs on. What goes between it and a plugin of the others is known by what it is, not by
 * its class: packages may bring their own. All but the porch are loaded when first asked for.
 */
export function ownModules(): Record<string, unknown> {
  const modules = Object.create(null) // or a package by the name of `constructor` would be found in it
  const lazily = (name: string, get: () => unknown) => Object.defineProperty(modules, name, { get, enumerable: true })
  modules['portolan/plugin'] = porch
  lazily('portolan', () => own('portolan', '../index.ts'))
  lazily('portolan/testing', () => own('portolan/testing', '../../test/contract/index.ts'))
  for (const [name, file] of LENT.flatMap(exportsOf)) lazily(name, () => require(file))
  return modules
}

/**
 * Compiled, `require` answers at once, so that CommonJS plugins are served too, and shares its instances with `import`.
 * From source only the runner that loaded this file can load the others: the answer is a promise, for ES modules alone.
 */
function own(name: string, source: string): unknown {
  if (compiled) return require(name) // by package.json of this package: wherever this file is within it
  return import(new URL(source, import.meta.url).href)
}

/** Each export of a package, with the file that an `import` of it loads. */
function exportsOf(name: string): [string, string][] {
  const { folder, exports } = manifest(name)
  return Object.entries(exports).flatMap(([subpath, target]) => {
    const file = subpath.includes('*') ? undefined : resolveTarget(target)
    return file === undefined ? [] : [[join(name, subpath), join(folder, file)]]
  })
}

/** https://nodejs.org/api/packages.html#conditional-exports: the first condition that holds decides. */
function resolveTarget(target: unknown): string | undefined {
  if (typeof target === 'string') return target
  if (typeof target !== 'object' || target === null) return undefined
  const condition = Object.keys(target).find((name) => CONDITIONS.includes(name))
  return condition === undefined ? undefined : resolveTarget((target as Record<string, unknown>)[condition])
}

// Not every package exports its package.json, so it is looked for above the entry point.
function manifest(name: string): { folder: string; exports: Record<string, unknown> } {
  for (let folder = dirname(require.resolve(name)); folder !== dirname(folder); folder = dirname(folder)) {
    const read = readJson(join(folder, 'package.json'))
    if (read?.name === name) return { folder, exports: read.exports as Record<string, unknown> }
  }
  throw new Error(`the package ${name} has no package.json`)
}

function readJson(file: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
