import { readdirSync, readFileSync } from 'node:fs'

export const page = (name: string) => readFileSync(`docs/${name}.md`, 'utf8')

/** Every page that people read, by its path. */
export const pages = (): ReadonlyMap<string, string> =>
  new Map(
    ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'deploy/README.md', 'examples/README.md']
      .concat(readdirSync('docs').map((file) => `docs/${file}`))
      .filter((path) => path.endsWith('.md'))
      .map((path) => [path, readFileSync(path, 'utf8')]),
  )

/** The rows of all tables whose first cell is code, by what that cell says; the other cells as they are written. */
export function rows(markdown: string): ReadonlyMap<string, readonly string[]> {
  const lines = markdown.split('\n').filter((line) => line.startsWith('| `'))
  // A bar within code is not the end of a cell.
  const cells = lines.map((line) =>
    line
      .slice(1, -1)
      .split(/\|(?=(?:[^`]*`[^`]*`)*[^`]*$)/)
      .map((cell) => cell.trim()),
  )
  return new Map(cells.map(([first, ...rest]) => [first!.replace(/^`(.*)`$/, '$1'), rest]))
}

/** Fenced blocks of a language. */
export function blocks(markdown: string, language: string): string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code]) => code!)
}
