import { masked } from './mask.ts'

/** One thing that is wrong with a configuration file. Lines and columns count from 1; 0 when the file could not be read. */
export interface ConfigProblem {
  readonly file: string
  readonly line: number
  readonly column: number
  /** `server.port`, `routing[0].prefix`; empty when it is about the file as a whole. */
  readonly path: string
  readonly message: string
}

/** All that is wrong with a configuration, in the order of the file. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[]
  readonly #lines: readonly string[]

  constructor(problems: readonly ConfigProblem[], text = '') {
    const sorted = distinct(problems).sort((a, b) => a.line - b.line || a.column - b.column)
    super(sorted.map(headline).join('\n'))
    this.name = 'ConfigError'
    this.problems = sorted
    this.#lines = text.split(/\r?\n/)
  }

  /** For people: each problem as `file:line:column  path: message`, then the line it is in and a caret below the place. */
  format(): string {
    return this.problems.map((problem) => [headline(problem), ...excerpt(problem, this.#lines)].join('\n')).join('\n')
  }
}

/** `file:line:column  path: message`. */
export function headline({ file, line, column, path, message }: ConfigProblem): string {
  const place = line > 0 ? `${file}:${line}:${column}  ` : `${file}: `
  return place + (path ? `${path}: ${message}` : message)
}

function excerpt({ line, column }: ConfigProblem, lines: readonly string[]): string[] {
  const text = lines[line - 1]
  if (text === undefined) return []
  const margin = `${line}`
  // Tabs are kept, so that the caret stands below its character however wide they are shown.
  const indent = masked(text.slice(0, column - 1)).replace(/[^\t]/g, ' ')
  return [`  ${margin} | ${masked(text)}`, `  ${' '.repeat(margin.length)} | ${indent}^`]
}

function distinct(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return [...new Map(problems.map((problem) => [headline(problem), problem])).values()]
}
