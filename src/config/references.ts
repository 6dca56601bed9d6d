import type { Catalog, PluginKind } from '../catalog/catalog.ts'
import { unknown } from '../catalog/suggest.ts'
import type { Path, Source } from './document.ts'
import { strategyRef } from './fields.ts'
import { findings } from './issues.ts'
import { checkOptions } from './options.ts'
import { wording } from './wording.ts'

/** A place in the file that names a plugin. */
export interface Reference {
  readonly kind: PluginKind
  readonly path: Path
  readonly type: string
  readonly options: unknown
}

/** Checked options by the path of their reference. */
export type CheckedOptions = ReadonlyMap<string, unknown>

export const pathKey = (path: Path) => JSON.stringify(path)

/**
 * Every reference in `written`, which need not have the right shape elsewhere: whatever else is wrong with a file, its
 * plugins are looked at.
 */
export function references(written: unknown): Reference[] {
  const root = fields(written)
  const services = Object.entries(fields(root.services))
  return [
    ...listOf(root.registry).flatMap((ref, index) => one('adapter', ['registry', index], ref)),
    ...one('strategy', ['balancing'], root.balancing),
    ...many(['middleware'], root.middleware),
    ...listOf(root.routing).flatMap((mode, index) => ofRoutes(['routing', index, 'routes'], fields(mode).routes)),
    ...services.flatMap(([name, service]) => ofService(['services', name], fields(service))),
  ]
}

/** Looks each reference up and checks its options, one after the other; what is wrong is reported to `source`. */
export async function checkReferences(found: readonly Reference[], catalog: Catalog, source: Source) {
  const checked = new Map<string, unknown>()
  for (const reference of found) checked.set(pathKey(reference.path), await check(reference, catalog, source))
  return checked as CheckedOptions
}

/** The options that `create` takes; anything when something is wrong. */
async function check({ kind, path, type, options }: Reference, catalog: Catalog, source: Source): Promise<unknown> {
  const plugin = catalog.find(kind, type)
  if (!plugin) return source.report([...path, 'type'], unknown(kind, type, catalog.names(kind)))
  const { value, findings = [] } = await checkOptions(plugin, options)
  for (const { path: inner, message, spot } of findings) source.report([...path, 'options', ...inner], message, spot)
  if (plugin.kind !== 'strategy' || plugin.inner === undefined) return value
  const written = fields(options)[plugin.inner]
  if (written === undefined && findings.length > 0) return value
  const within = [...path, 'options', plugin.inner]
  const ref = await checkInner(within, written ?? fields(value)[plugin.inner], catalog, source)
  return { ...fields(value), [plugin.inner]: ref }
}

/** A plugin may name itself by its own default. */
const DEEPEST = 30

/** Checks the strategy that another one chooses with, as it is written or by default. @returns it with its checked options */
async function checkInner(path: Path, ref: unknown, catalog: Catalog, source: Source) {
  const { data, error } = strategyRef.safeParse(ref, { error: wording })
  for (const { path: inner, message, spot } of findings(error?.issues ?? []))
    source.report([...path, ...inner], message, spot)
  if (!data) return undefined
  if (path.length > DEEPEST) return source.report(path, 'is a strategy within itself, without an end')
  return {
    type: data.type,
    options: await check({ kind: 'strategy', path, type: data.type, options: data.options }, catalog, source),
  }
}

function ofRoutes(path: Path, routes: unknown): Reference[] {
  return list(routes).flatMap((route, index) => many([...path, index, 'middleware'], fields(route).middleware))
}

function ofService(path: Path, service: Fields): Reference[] {
  return [
    ...one('strategy', [...path, 'balancing'], service.balancing),
    ...many([...path, 'middleware'], service.middleware),
  ]
}

function many(path: Path, refs: unknown): Reference[] {
  return list(refs).flatMap((ref, index) => one('middleware', [...path, index], ref))
}

function one(kind: PluginKind, path: Path, ref: unknown): Reference[] {
  if (typeof ref === 'string') return ref ? [{ kind, path, type: ref, options: undefined }] : []
  const { type, options } = fields(ref)
  return typeof type === 'string' && type ? [{ kind, path, type, options }] : []
}

type Fields = Readonly<Record<string, unknown>>

const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])
