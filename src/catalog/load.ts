import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Jiti } from 'jiti'
import { type Brought, pluginsOf } from './check.ts'
import { ownModules } from './own.ts'

/** Loads the plugin modules that one YAML file names. Never throws: what goes wrong is among the defects. */
export type PluginLoader = (named: string) => Promise<Brought>

/** `directory` is the folder of the YAML file: relative paths start there, and packages are looked for from there. */
export function pluginLoader(directory: string): PluginLoader {
  let loading: Promise<Jiti> | undefined
  return async (named) => {
    loading ??= newJiti(directory)
    const jiti = await loading
    const missing = whyMissing(jiti, named, directory)
    if (missing) return { plugins: [], defects: [missing] }
    try {
      return pluginsOf(await jiti.import(locateModule(named, directory)))
    } catch (error) {
      return { plugins: [], defects: [`failed to load: ${oneLine(error)}`] }
    }
  }
}

/** Not imported before some plugin is named: most configurations name none, and every process would pay for it. */
async function newJiti(directory: string): Promise<Jiti> {
  const { createJiti } = await import('jiti')
  return createJiti(pathToFileURL(join(directory, 'gateway.yaml')).href, {
    fsCache: false,
    moduleCache: true,
    interopDefault: true,
    tryNative: false,
    virtualModules: ownModules(),
  })
}

/** A path becomes absolute; the name of a package stays as it is. */
export function locateModule(named: string, directory: string): string {
  return isPath(named) ? resolve(directory, named) : named
}

const isPath = (named: string) => named.startsWith('.') || named.startsWith('/')

function whyMissing(jiti: Jiti, named: string, directory: string): string | undefined {
  const file = resolve(directory, named)
  if (isPath(named)) return existsSync(file) ? undefined : `no such file: ${file}`
  if (jiti.esmResolve(named, { try: true })) return undefined
  if (existsSync(file)) return `no such package; a file is named by a path: write "./${named}"`
  return `no such package can be found from ${directory}; is it installed there?`
}

function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error)
  return message.trim().replace(/\s*\n\s*/g, ' ')
}
