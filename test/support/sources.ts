import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'

export interface Import {
  /** The file that imports, from the root of the repository. */
  readonly from: string
  /** A file from the root of the repository, or the name of a package. */
  readonly to: string
  /** Erased by the compiler: nothing of it is there at run time. */
  readonly typeOnly: boolean
}

/** The TypeScript files of some folders, by their path from the root of the repository. */
export function sourcesIn(...folders: string[]): ReadonlyMap<string, string> {
  const paths = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  )
  const files = paths.filter((path) => path.endsWith('.ts')).sort()
  return new Map(files.map((path) => [path, readFileSync(path, 'utf8')]))
}

/** Static imports, re-exports, dynamic imports and `import('...')` types with a literal name. */
export function importsOf(path: string, text: string): Import[] {
  const code = text.replace(/^[ \t]*\/\*\*?[\s\S]*?\*\/|^[ \t]*\/\/.*$/gm, '')
  const statements = /^[ \t]*(?:import|export)\b(\s+type\b)?[^'"`;=]*?\bfrom\s+'([^']+)'/gm
  const found = [...code.matchAll(statements)].map(([, type, name]) => ({ name: name!, typeOnly: type !== undefined }))
  const bare = [...code.matchAll(/^[ \t]*import\s+'([^']+)'/gm)].map(([, name]) => ({ name: name!, typeOnly: false }))
  const inline = [...code.matchAll(/(typeof\s+)?\bimport\('([^']+)'\)/g)]
  const calls = inline.map(([, type, name]) => ({ name: name!, typeOnly: type !== undefined }))
  return [...found, ...bare, ...calls].map(({ name, typeOnly }) => ({ from: path, to: resolved(path, name), typeOnly }))
}

function resolved(path: string, name: string): string {
  return name.startsWith('.') ? posix.join(posix.dirname(path), name) : name
}
