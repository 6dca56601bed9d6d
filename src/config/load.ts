import { dirname, resolve } from 'node:path'
import { stringify } from 'yaml'
import { Catalog } from '../catalog/catalog.ts'
import { pluginLoader } from '../catalog/load.ts'
import type { Plugin } from '../plugin/index.ts'
import { assemble } from './assemble.ts'
import { Source } from './document.ts'
import { deepFreeze } from './freeze.ts'
import { type Env, interpolate } from './interpolate.ts'
import { findings } from './issues.ts'
import type { ConfigProblem } from './problems.ts'
import { readConfig } from './read.ts'
import { checkReferences, references } from './references.ts'
import { fileSchema } from './schema.ts'
import { checkTlsFiles } from './tls-files.ts'
import type { GatewayConfig } from './types.ts'
import { wording } from './wording.ts'

export interface ParseOptions {
  /** The plugins that need no loading. They enter the catalog first, and have no other privilege. */
  readonly builtins: readonly Plugin[]
  /** Where `${NAME}` is looked up. */
  readonly env: Env
  /** Whether the files of TLS that it names are looked into, too: by whoever is going to use them. */
  readonly files?: boolean
}

export interface Loaded {
  readonly config: GatewayConfig
  /** The built-ins and what the file's own `plugins` brought. */
  readonly catalog: Catalog
  /** What is no obstacle now, but will be noticed. */
  readonly warnings: readonly ConfigProblem[]
}

/**
 * Reads, checks and freezes a configuration file.
 *
 * @throws ConfigError with every problem of the file, not only the first
 */
export async function loadConfig(file: string, options: ParseOptions): Promise<Loaded> {
  return parseConfig(await readConfig(file), file, options)
}

/**
 * Like `loadConfig`, of a file or of the same content as an object: paths in it then start in the working directory.
 */
export async function configOf(source: string | object, options: ParseOptions): Promise<Loaded> {
  return typeof source === 'string'
    ? loadConfig(source, options)
    : parseConfig(stringify(source), 'gateway.yaml', options)
}

/**
 * Like `loadConfig`, of text that was read before: processes that are to agree on a configuration pass its text on,
 * so that a file that changes meanwhile is never mixed.
 */
export async function parseConfig(text: string, file: string, { builtins, env, files }: ParseOptions): Promise<Loaded> {
  const source = new Source(text, file)
  interpolate(source, env)
  const written = source.toJS()
  const catalog = new Catalog(builtins)
  await addPlugins(written.plugins, catalog, source)
  const checked = await checkReferences(references(written), catalog, source)
  const parsed = fileSchema.safeParse(written, { error: wording })
  for (const { path, message, spot } of findings(parsed.error?.issues ?? [])) source.report(path, message, spot)
  source.throwIfAny()
  const config = assemble(parsed.data!, checked, file, catalog)
  const warnings = files ? await checkTlsFiles(config, parsed.data!, source) : []
  source.throwIfAny()
  return { config: deepFreeze(config), catalog, warnings }
}

async function addPlugins(named: unknown, catalog: Catalog, source: Source): Promise<void> {
  const load = pluginLoader(dirname(resolve(source.file)))
  for (const [index, name] of (Array.isArray(named) ? named : []).entries()) {
    if (typeof name !== 'string' || !name) continue
    const { plugins, defects } = await load(name)
    const duplicates = plugins.flatMap((plugin) => addTo(catalog, plugin, name))
    for (const defect of [...defects, ...duplicates]) source.report(['plugins', index], defect)
  }
}

function addTo(catalog: Catalog, plugin: Plugin, origin: string): string[] {
  try {
    catalog.add(plugin, origin)
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}
